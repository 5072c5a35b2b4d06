//! How long decoding a long reply takes, against CPython's own unpickler and serde-pickle in the same run:
//! `cargo bench -p fail2ban-client --bench decode`. Judges nothing; what memory it takes is the bench `memory`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench that cannot run fails, and its result is printed"
)]

mod replies;

use std::cell::Cell;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::Criterion;
use fail2ban_client::Limits;
use fail2ban_client::codec::{Scanner, decode};

/// Measures, and keeps the shortest mean of a sample next to what criterion makes of it. Preparing a round is not
/// timed, dropping its result is.
fn measure<T, R>(
    criterion: &mut Criterion,
    name: &str,
    prepare: impl Fn() -> T,
    round: impl Fn(T) -> R,
) -> Duration {
    let best = Cell::new(Duration::MAX);
    criterion.bench_function(name, |bencher| {
        bencher.iter_custom(|rounds| {
            let mut taken = Duration::ZERO;
            for _ in 0..rounds {
                let input = prepare();
                let start = Instant::now();
                drop(black_box(round(input)));
                taken += start.elapsed();
            }
            best.set(best.get().min(taken.div_f64(u32::try_from(rounds).unwrap().into())));
            taken
        });
    });
    best.get()
}

fn main() {
    let replies = replies::long();
    let python = replies::in_python(&replies);
    let mut criterion = Criterion::default().configure_from_args();
    let mut lines = Vec::new();
    for (reply, &(python, _)) in replies.iter().zip(&python) {
        let limits = Limits::default();
        let ours = measure(
            &mut criterion,
            &format!("{}/decode", reply.name),
            || reply.pickle.clone(),
            |pickle| decode(pickle, &limits).unwrap(),
        );
        let scan = measure(
            &mut criterion,
            &format!("{}/scan", reply.name),
            || Scanner::new(&limits),
            |mut scanner| scanner.scan(&reply.pickle).unwrap(),
        );
        let read = |pickle: &[u8]| serde_pickle::value_from_slice(pickle, serde_pickle::DeOptions::new());
        let other = match read(&reply.pickle) {
            Ok(_) => {
                let time = measure(
                    &mut criterion,
                    &format!("{}/serde-pickle", reply.name),
                    || (),
                    |()| read(&reply.pickle).unwrap(),
                );
                format!("{:.2}", time.div_duration_f64(python))
            }
            Err(error) => format!("cannot: {error}"),
        };
        let (ours_, scan_) = (ours.div_duration_f64(python), scan.div_duration_f64(python));
        lines.push(format!("{:<16} {:>9.3?} {ours_:>7.2} {scan_:>7.2}   {other}", reply.name, python));
    }
    criterion.final_summary();
    println!(
        "\nShortest times; CPython's pickle.loads is 1.\n{:<16} {:>9} {:>7} {:>7}   serde-pickle",
        "reply", "CPython", "decode", "scan"
    );
    for line in lines {
        println!("{line}");
    }
}
