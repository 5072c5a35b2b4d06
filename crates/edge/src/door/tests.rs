//! Who gets a slot, and whose it was.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::advance;

use super::{Connection, ConnectionMeter, Door, Limits, Slot};

struct Guest {
    connection: Arc<Connection>,
    slot: Option<Slot>,
}

async fn comes(door: &Arc<Door>, address: Option<&str>) -> Guest {
    // One after the other, so that it is clear who has waited for longest.
    advance(Duration::from_millis(1)).await;
    let connection = Arc::new(Connection::new(false));
    let address: Option<IpAddr> = address.map(|text| text.parse().expect("an address"));
    let slot = door.enter(&connection, address);
    Guest { connection, slot }
}

fn door(connections: usize, per_address: usize) -> Arc<Door> {
    Door::new(Limits { connections, per_address }, ConnectionMeter::new().expect("names"))
}

#[tokio::test(start_paused = true)]
async fn a_newcomer_gets_the_slot_of_whoever_has_kept_the_server_waiting_for_longest() {
    let door = door(3, 3);
    let busy = comes(&door, Some("192.0.2.1")).await;
    busy.connection.begin_request();
    let slow = comes(&door, Some("192.0.2.2")).await;
    let idle = comes(&door, Some("192.0.2.3")).await;
    // Bytes make no head, and give no more time.
    slow.connection.heard();
    let new = comes(&door, Some("192.0.2.4")).await;
    assert!(new.slot.is_some() && slow.connection.is_dropped());
    assert!(!busy.connection.is_dropped() && !idle.connection.is_dropped());
    assert_eq!(door.taken(), 3);
    // The slot was given on when it was freed, and is freed once.
    drop(slow);
    assert_eq!(door.taken(), 3);
    drop(new);
    assert_eq!(door.taken(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_the_server_is_at_work_on_stays() {
    let door = door(2, 2);
    let guests = [comes(&door, None).await, comes(&door, None).await];
    for guest in &guests {
        guest.connection.begin_request();
    }
    assert!(comes(&door, None).await.slot.is_none());
    // Now one waits for the rest of a body, then for a reader.
    guests[0].connection.await_body(true);
    let body = comes(&door, None).await;
    assert!(body.slot.is_some() && guests[0].connection.is_dropped());
    body.connection.begin_request();
    guests[1].connection.await_reader(true);
    assert!(comes(&door, None).await.slot.is_some() && guests[1].connection.is_dropped());
}

#[tokio::test(start_paused = true)]
async fn one_address_takes_no_slots_of_others() {
    let door = door(100, 2);
    let other = comes(&door, Some("198.51.100.1")).await;
    let mut crowd = Vec::new();
    for _ in 0..10 {
        crowd.push(comes(&door, Some("::ffff:192.0.2.1")).await);
        crowd.push(comes(&door, Some("192.0.2.1")).await);
    }
    assert_eq!(door.taken(), 3);
    assert!(!other.connection.is_dropped());
    let dropped = crowd.iter().filter(|guest| guest.connection.is_dropped()).count();
    assert_eq!(dropped, 18);
    // A customer's network counts as one, and whoever is not counted is not limited.
    for host in 1..=5 {
        crowd.push(comes(&door, Some(&format!("2001:db8::{host}"))).await);
        crowd.push(comes(&door, None).await);
    }
    assert_eq!(door.taken(), 3 + 2 + 5);
    drop(crowd);
    assert_eq!(door.taken(), 1);
    assert_eq!(door.lock().of_address.len(), 1, "nothing is remembered of those who have gone");
}
