//! `bangui render-template`: renders one template of a notification. The server starts it for each template and asks nothing of
//! its own process: whoever writes a template writes a program, and this is the room that it is locked into. The limits are
//! the kernel's, since nothing else stops work within a filter, a stack that overflows, or memory that runs out.

use std::io;

use bangui_gateway::render_template;
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

use crate::exit::{ExitCode, Fatal};

/// What the command is called on the command line.
pub(crate) const NAME: &str = "render-template";

/// How much memory it may take beyond what the program has at its start, in bytes.
const MEMORY: u64 = 32 << 20;
/// How many seconds of a processor it may take.
const SECONDS: u64 = 1;
/// Files that it may have open: standard input, output and error, and room for the limits to be set.
const FILES: u64 = 8;

/// Renders what standard input orders, and answers on standard output.
pub(crate) fn run() -> Result<(), Fatal> {
    let failed = |what: &str, error: &io::Error| Fatal::new(ExitCode::Internal, format!("{what}: {error}"));
    confine().map_err(|error| failed("This process cannot be limited, and renders nothing", &error))?;
    render_template(io::stdin().lock(), io::stdout().lock())
        .map_err(|error| failed("The template was not rendered", &error))
}

/// Takes from this process what a template must not have. Without each of these it renders nothing.
fn confine() -> io::Result<()> {
    let memory = own_memory()?.saturating_add(MEMORY);
    // Where the whole machine or container has no memory left, the kernel is to end this process and not the server.
    drop(std::fs::write("/proc/self/oom_score_adj", "1000"));
    // No core file: there are names and addresses in the message, and a template could fill a disk with them.
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    let limit =
        |resource, soft, hard| setrlimit(resource, Rlimit { current: Some(soft), maximum: Some(hard) });
    limit(Resource::Core, 0, 0)?;
    limit(Resource::Fsize, 0, 0)?;
    limit(Resource::Nofile, FILES, FILES)?;
    // The first ends it as what it is, the second without a word.
    limit(Resource::Cpu, SECONDS, SECONDS + 1)?;
    limit(Resource::As, memory, memory)?;
    Ok(())
}

/// The address space of this process, in bytes.
fn own_memory() -> io::Result<u64> {
    let text = std::fs::read_to_string("/proc/self/statm")?;
    let pages: Option<u64> = text.split_whitespace().next().and_then(|pages| pages.parse().ok());
    let pages = pages.ok_or_else(|| io::Error::other("/proc/self/statm is not as it should be"))?;
    let size = u64::try_from(rustix::param::page_size()).map_err(io::Error::other)?;
    Ok(pages.saturating_mul(size))
}
