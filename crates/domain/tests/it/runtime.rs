//! One run-time state for the leader and those that stand by: the same answer everywhere while it is fresh, each its
//! own when the leader is gone.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bangui_domain::ServiceError;
use bangui_domain::model::{
    Fail2banState, Fence, JailName, LiveEvent, Outage, OutageCode, ProblemCode, RuntimeState, ServerId,
    Timestamp,
};
use bangui_domain::ports::{Clock, Published, RuntimeStore, StoreError};
use bangui_domain::service::{Runtime, Watch};

use crate::fake::Script;
use crate::world::World;

/// A database that holds one published state, and knows one fence.
struct Board {
    clock: Script,
    row: Mutex<Option<(RuntimeState, Timestamp)>>,
    fence: Mutex<Fence>,
}

#[async_trait]
impl RuntimeStore for Board {
    async fn publish(&self, _: &ServerId, fence: Fence, state: &RuntimeState) -> Result<(), StoreError> {
        if *self.fence.lock().expect("no test panics here") != fence {
            return Err(StoreError::StaleFence);
        }
        *self.row.lock().expect("no test panics here") = Some((state.clone(), self.clock.now()));
        Ok(())
    }

    async fn published(&self, _: &ServerId) -> Result<Option<Published>, StoreError> {
        let row = self.row.lock().expect("no test panics here").clone();
        Ok(row.map(|(state, at)| {
            let ago = self.clock.now().millis_since(at);
            let state = RuntimeState { age_millis: state.age_millis + ago, ..state };
            Published { state, published_millis_ago: ago }
        }))
    }
}

/// A leader that looks, and one that stands by.
struct Two {
    leader: World,
    board: Arc<Board>,
    ours: Runtime,
    theirs: Runtime,
    standby: Arc<Watch>,
}

const FENCE: Fence = Fence(1);

impl Two {
    async fn new() -> Self {
        let leader = World::new().await;
        let clock: Arc<dyn Clock> = Arc::new(leader.script.clone());
        let board =
            Arc::new(Board { clock: leader.script.clone(), row: Mutex::new(None), fence: Mutex::new(FENCE) });
        let standby = Arc::new(Watch::new(Arc::clone(&clock)));
        let over = |watch: &Arc<Watch>| {
            let store: Arc<dyn RuntimeStore> = Arc::<Board>::clone(&board);
            Runtime::new(ServerId::local(), Some(store), Arc::clone(watch), Arc::clone(&clock))
        };
        let (ours, theirs) = (over(&leader.watch), over(&standby));
        Self { leader, board, ours, theirs, standby }
    }

    /// What happens each second: the leader publishes, the other looks.
    async fn second(&self) {
        self.ours.publish(FENCE).await.expect("published");
        self.theirs.follow().await.expect("followed");
    }
}

#[tokio::test]
async fn a_standby_gives_the_leaders_answer_with_its_age() {
    let two = Two::new().await;
    two.second().await;
    assert!(!two.theirs.is_fresh(), "the leader has not asked fail2ban yet");
    assert_eq!(*two.standby.state(), Fail2banState::Starting);

    let mut told = two.standby.subscribe();
    two.leader.script.bans("sshd", "192.0.2.1", 600, 0, Some(3));
    two.leader.look().await;
    two.second().await;
    assert!(two.theirs.is_fresh());
    assert!(two.standby.state().is_online());
    assert_eq!(two.standby.runtime(), two.leader.watch.runtime());
    assert!(matches!(told.try_recv(), Ok(LiveEvent::State { state, .. }) if state.is_online()));
    assert!(matches!(told.try_recv(), Ok(LiveEvent::Jails { jails, .. }) if jails.len() == 1));
    two.second().await;
    assert!(told.try_recv().is_err(), "what has not changed is not told again");

    // fail2ban takes long to answer the leader: what was known gets older, and stays the answer on both.
    for _ in 0..10 {
        two.leader.script.pass(1);
        two.second().await;
    }
    assert!(two.theirs.is_fresh(), "the leader lives");
    assert_eq!(two.standby.runtime().map(|state| state.age_millis), Some(10_000));
    assert_eq!(two.standby.runtime(), two.leader.watch.runtime());

    two.leader.script.edit().offline = true;
    two.leader.observer.look(None).await.expect_err("fail2ban is away");
    two.second().await;
    assert_eq!(two.standby.runtime(), two.leader.watch.runtime());
    assert!(matches!(told.try_recv(), Ok(LiveEvent::State { state, .. }) if !state.is_online()));
    assert!(two.standby.jails().is_some(), "the jails stay as last counted");
}

#[tokio::test]
async fn a_question_that_stays_open_is_told_as_a_hang_on_both() {
    let two = Two::new().await;
    two.leader.look().await;
    two.second().await;
    let watch = &two.leader.watch;
    assert_eq!(watch.unanswered(), None, "each question of a look was answered");
    let given_up = watch.ask();
    let number = watch.unanswered().expect("a question");
    drop(given_up);
    watch.hangs(number, 8);
    assert!(watch.state().is_online(), "what nobody waits for does not hang");

    let asked_at = two.leader.script.now();
    let question = watch.ask();
    let later = watch.ask();
    two.leader.script.pass(8);
    watch.hangs(watch.unanswered().expect("the older one"), 8);
    two.second().await;
    assert_eq!(two.standby.runtime(), watch.runtime());
    assert!(matches!(
        &*two.standby.state(),
        Fail2banState::Offline { since, outage, .. }
            if *since == asked_at && outage.code == OutageCode::TimedOut && outage.detail.contains("8 s")
    ));
    drop((question, later));
    two.leader.script.pass(1);
    two.leader.look().await;
    two.second().await;
    assert!(two.standby.state().is_online());
}

#[tokio::test]
async fn problems_are_the_same_on_both_and_go_with_their_jail() {
    let two = Two::new().await;
    let watch = &two.leader.watch;
    two.leader.script.bans("sshd", "192.0.2.1", 600, 0, Some(3));
    let sshd = JailName::parse("sshd").expect("a name");
    watch.problem(ProblemCode::JailUnreadable, Some(&sshd), "nobody has asked yet");
    assert!(watch.problems().is_empty(), "before fail2ban has answered there is nothing to be wrong");
    two.leader.look().await;
    two.second().await;

    let (mut told, mut told_here) = (two.standby.subscribe(), watch.subscribe());
    let problem = |detail: &str| watch.problem(ProblemCode::BanUnreadable, Some(&sshd), detail);
    problem("one line");
    let began = two.leader.script.now();
    watch.problem_with_hint(ProblemCode::Unpolled, None, "x".repeat(5_000), "y");
    two.leader.script.pass(1);
    problem("one line");
    problem("two lines");
    two.second().await;
    let problems = two.standby.problems();
    assert_eq!(problems, watch.problems());
    let found: Vec<_> = problems.iter().map(|it| (it.code, it.jail.is_some(), it.since)).collect();
    assert_eq!(
        found,
        [(ProblemCode::Unpolled, false, began), (ProblemCode::BanUnreadable, true, began)],
        "the server's first, and since they began"
    );
    assert_eq!((problems[0].detail.chars().count(), problems[1].detail.as_str()), (1_001, "two lines"));
    assert!(!problems[1].hint.is_empty() && problems[0].hint == "y");
    let mut counted = 0;
    while let Ok(LiveEvent::State { .. }) = told_here.try_recv() {
        counted += 1;
    }
    assert_eq!(counted, 3, "what is not new is not told");
    assert!(matches!(told.try_recv(), Ok(LiveEvent::State { problems, .. }) if problems.len() == 2));

    watch.counted(Vec::new());
    watch.solved(ProblemCode::Unpolled, None);
    watch.solved(ProblemCode::Unpolled, None);
    assert!(watch.problems().is_empty(), "the jail is gone");
    two.leader.script.pass(1);
    two.leader.watch.answered();
    two.second().await;
    assert!(two.standby.problems().is_empty());

    problem("again");
    watch.offline(Outage { code: OutageCode::Broken, detail: String::new() });
    assert!(watch.problems().is_empty(), "an outage is more than a problem");
}

#[tokio::test]
async fn without_a_leader_what_it_said_is_good_for_three_seconds() {
    let two = Two::new().await;
    two.leader.look().await;
    two.second().await;
    two.leader.script.pass(2);
    assert!(two.theirs.is_fresh(), "also when the database cannot be asked");
    two.leader.script.pass(1);
    assert!(!two.theirs.is_fresh());
    two.theirs.follow().await.expect("a look");
    assert!(!two.theirs.is_fresh());

    // Now it asks by itself, and what the leader said does not come back.
    two.standby.offline(bangui_domain::model::Outage {
        code: bangui_domain::model::OutageCode::SocketMissing,
        detail: "no socket".to_owned(),
    });
    two.theirs.follow().await.expect("a look");
    assert!(!two.standby.state().is_online());
    two.leader.script.pass(1);
    two.leader.look().await;
    two.second().await;
    assert!(two.standby.state().is_online(), "a leader that is back is followed");

    two.leader.script.set_clock(3_600);
    assert!(two.theirs.is_fresh(), "a clock that is set forward does not end it");
    two.leader.script.set_clock(-7_200);
    two.leader.script.pass(3);
    assert!(!two.theirs.is_fresh(), "a clock that is set back does not make it last");
}

#[tokio::test]
async fn an_answer_of_ones_own_stands_until_a_newer_one_is_published() {
    let two = Two::new().await;
    two.leader.look().await;
    two.ours.publish(FENCE).await.expect("published");
    two.leader.script.pass(1);
    two.standby.counted(Vec::new());
    let mut told = two.standby.subscribe();
    two.theirs.follow().await.expect("followed");
    assert_eq!(two.standby.runtime().map(|state| state.age_millis), Some(0));
    assert!(told.try_recv().is_err(), "what was published is older");
    two.leader.script.pass(1);
    two.leader.look().await;
    two.second().await;
    assert_eq!(two.standby.runtime(), two.leader.watch.runtime());
}

#[tokio::test]
async fn a_leader_that_was_replaced_publishes_nothing() {
    let two = Two::new().await;
    two.leader.look().await;
    *two.board.fence.lock().expect("no test panics here") = Fence(2);
    let refused = two.ours.publish(FENCE).await;
    assert!(matches!(refused, Err(ServiceError::Store(StoreError::StaleFence))), "{refused:?}");
    two.theirs.follow().await.expect("a look");
    assert_eq!(*two.standby.state(), Fail2banState::Starting);
}

#[tokio::test]
async fn a_process_that_is_alone_publishes_nothing_and_follows_nobody() {
    let world = World::new().await;
    let clock: Arc<dyn Clock> = Arc::new(world.script.clone());
    let alone = Runtime::new(ServerId::local(), None, Arc::clone(&world.watch), clock);
    world.look().await;
    alone.publish(FENCE).await.expect("nothing to do");
    alone.follow().await.expect("nothing to do");
    assert!(!alone.is_fresh());
}
