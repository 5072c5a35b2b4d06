//! `cargo xtask test`: everything that has to hold before a change lands, step by step, with the
//! time of each and, at the end, the counts of all tests.

mod checks;
mod step;
pub(crate) mod suites;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::Args;

use crate::counts::Counts;
use crate::{needs, stop};
pub(crate) use step::Step;

/// Which steps to run.
#[derive(Args, Debug, Default)]
pub(crate) struct TestArgs {
    /// Run only these steps.
    #[arg(value_enum)]
    steps: Vec<Step>,
    /// The same, as an option (can be repeated).
    #[arg(long, value_enum)]
    only: Vec<Step>,
    /// Leave this step out (can be repeated).
    #[arg(long, value_enum)]
    skip: Vec<Step>,
    /// Of the step docker, run only this scenario (can be repeated).
    #[arg(long, value_name = "NAME")]
    scenario: Vec<String>,
    /// Go on after a step that failed, and fail at the end.
    #[arg(long)]
    keep_going: bool,
}

enum Outcome {
    Passed,
    Failed(String),
}

struct Done {
    step: Step,
    time: Duration,
    outcome: Outcome,
}

/// Runs the steps, prints the summary, and fails if a step failed.
pub(crate) fn run(args: &TestArgs) -> Result<()> {
    let only: Vec<Step> = args.steps.iter().chain(&args.only).copied().collect();
    let wanted = |step: Step| {
        (if only.is_empty() { step.by_default() } else { only.contains(&step) }) && !args.skip.contains(&step)
    };
    // All at once and at the start: nobody should wait half an hour to hear that a package is missing.
    let mut wanted_needs = Vec::new();
    for need in Step::ALL.into_iter().filter(|step| wanted(*step)).flat_map(Step::needs) {
        if !wanted_needs.contains(need) {
            wanted_needs.push(*need);
        }
    }
    needs::require(&wanted_needs)?;
    let mut counts = Counts::default();
    let mut done = Vec::new();
    let mut left_out: Vec<Step> = Step::ALL.into_iter().filter(|step| !wanted(*step)).collect();
    for step in Step::ALL.into_iter().filter(|step| wanted(*step)) {
        let failed = done.iter().any(|done: &Done| matches!(done.outcome, Outcome::Failed(_)));
        if stop::requested() || (failed && !args.keep_going) {
            left_out.push(step);
            continue;
        }
        println!("\n==> {}: {}", step.name(), step.about());
        let start = Instant::now();
        let passed: Vec<Step> = done
            .iter()
            .filter(|done: &&Done| matches!(done.outcome, Outcome::Passed))
            .map(|done| done.step)
            .collect();
        let outcome = match step.run(&args.scenario, &passed, &mut counts) {
            Ok(()) => Outcome::Passed,
            Err(error) => Outcome::Failed(format!("{error:#}")),
        };
        let time = start.elapsed();
        match &outcome {
            Outcome::Passed => println!("<== {} ok, {:.1} s", step.name(), time.as_secs_f64()),
            Outcome::Failed(why) => {
                println!("<== {} FAILED, {:.1} s\n{why}", step.name(), time.as_secs_f64());
            }
        }
        done.push(Done { step, time, outcome });
    }
    summary(&done, &left_out);
    let failed: Vec<&str> = done
        .iter()
        .filter(|done| matches!(done.outcome, Outcome::Failed(_)))
        .map(|done| done.step.name())
        .collect();
    println!("{counts}");
    stop::check()?;
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

fn summary(done: &[Done], left_out: &[Step]) {
    println!("\nSummary");
    let mut total = Duration::ZERO;
    for Done { step, time, outcome } in done {
        total += *time;
        let word = match outcome {
            Outcome::Passed => "ok",
            Outcome::Failed(_) => "FAILED",
        };
        println!("  {:<9} {word:<7} {:>7.1} s", step.name(), time.as_secs_f64());
    }
    for step in left_out {
        println!("  {:<9} not run", step.name());
    }
    println!("  {:<17} {:>7.1} s", "all", total.as_secs_f64());
}
