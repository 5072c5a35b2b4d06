//! Commands to the server as a whole: whether it is there, its log, its threads, its end.

use super::{Command, Sequence, read_raw};
use crate::codec::{Arg, Value};
use crate::reply::{FlushedLog, ReplyError, ServerSettings, fields, stack_size};
use crate::types::{AllowIpv6, LogLevel, LogOptions, LogTarget, Reported, Standstill, SyslogSocket, Version};

commands! {
    Server;

    /// Whether the server answers.
    read("ping") fn ping() -> () = ["ping"], |value| said(value, "pong", "the text \"pong\"");

    /// The server's version.
    read("version") fn version() -> Version = ["version"], |value| fields::string(value).map(Version::new);

    /// The values themselves, as the server has read them. For tests of a connection.
    read("echo VALUE…") fn echo(values: &[Arg]) -> Vec<Value> = ["echo"; values], |value| fields::sequence(value).map(<[_]>::to_vec);

    /// Whether the server is ready. One that starts answers it too.
    read("server-status") fn server_ready() -> ()
        = ["server-status"], |value| said(value, "Server ready", "the text \"Server ready\"");

    /// How much the server writes into its log.
    read("get loglevel") fn log_level() -> Reported<LogLevel> = ["get", "loglevel"], fields::reported;

    /// Sets how much the server writes into its log. Bans are told at [`LogLevel::Notice`]: above it, a jail that reads
    /// this log (`recidive`) sees none. From debug on, the log holds whatever commands hold.
    set("set loglevel LEVEL") fn set_log_level(level: LogLevel) -> Reported<LogLevel>
        = ["set", "loglevel", level.to_string()], fields::reported;

    /// Where the server writes its log.
    read("get logtarget") fn log_target() -> Reported<LogTarget> = ["get", "logtarget"], fields::reported;

    /// Sets where the server writes its log. A file is made, and opened by root. A jail that reads the old log
    /// (`recidive`) sees nothing more. Where the target is the same as before, the server changes nothing, options
    /// included.
    set("set logtarget TARGET"; set_log_target) fn set_log_target(target: &LogTarget, options: &LogOptions) -> Reported<LogTarget>
        = ["set", "logtarget", target.to_text_with(&options.to_string())], fields::reported;

    /// The socket through which the server writes to the syslog.
    read("get syslogsocket") fn syslog_socket() -> Reported<SyslogSocket> = ["get", "syslogsocket"], fields::reported;

    /// Sets the socket through which the server writes to the syslog.
    set("set syslogsocket SOCKET") fn set_syslog_socket(socket: &SyslogSocket) -> Reported<SyslogSocket>
        = ["set", "syslogsocket", socket], fields::reported;

    /// Has the server open its log again, as is needed after the file was moved away.
    change("flushlogs") fn flush_logs() -> Reported<FlushedLog> = ["flushlogs"], fields::reported;

    /// Writes a text into the server's log, as an error. A jail may read that log: never a place for what a user typed.
    change("config-error TEXT") fn log_error(text: &str) -> () = ["config-error", text], fields::anything;

    /// The stack of the server's threads in KiB; 0 is the system's choice.
    read("get thread") fn thread_stack() -> u64 = ["get", "thread"], stack_size;

    /// Sets the stack of threads that the server makes from then on, in KiB: 32 at least, or 0 for the system's choice.
    /// Too small a stack ends the server, and with it all protection.
    set("set thread {stacksize: KIB}") fn set_thread_stack(kib: u32) -> ()
        = ["set", "thread", Arg::Dict(vec![(Arg::from("stacksize"), Arg::Int(kib.into()))])], fields::anything;

    /// Sets whether the server deals with IPv6. Answers the value as it was given: the server tells what holds to
    /// nobody. Without it, IPv6 addresses are neither found nor banned.
    set("set allowipv6 WORD", since V1_0) fn set_allow_ipv6(allow: AllowIpv6) -> Reported<AllowIpv6>
        = ["set", "allowipv6", allow.to_string()], fields::reported;

    /// Has the server do nothing for a while: it answers nobody, and bans nobody by command. For tests.
    act("sleep SECONDS") fn sleep(time: Standstill) -> () = ["sleep", time.to_string()], fields::anything;

    /// Has the server carry out commands as one, between which it answers nobody. It stops at the first that fails,
    /// with that one's error; those before it stay done. Their answers are not told.
    act("server-stream [COMMAND…]") fn server_stream(commands: &Sequence) -> ()
        = ["server-stream", commands], fields::anything;

    /// Ends the server, after it has stopped every jail: nothing is banned any more, and bans in the firewall are lifted
    /// as far as the actions do so. Only who runs it can start it again.
    act("stop") fn stop_server() -> () = ["stop"], fields::anything;
}

fn said(value: &Value, text: &str, expected: &'static str) -> Result<(), ReplyError> {
    if value.as_str() == Some(text) { Ok(()) } else { Err(fields::wrong(expected, value)) }
}

/// The questions for every setting of the server. [`ServerSettings::read`] reads their replies, in this order.
pub fn server_settings() -> Vec<Command<Value>> {
    ServerSettings::keys().map(|key| read_raw(args!["get", key])).collect()
}
