//! Commands about where a jail reads: log files and systemd's journal. A jail has one or the other, by its backend; for
//! the other kind the server answers empty lists and does nothing.

use crate::codec::Text;
use crate::reply::{fields, groups};
use crate::types::{JailName, JournalMatch, LogPosition, ServerPath};

commands! {
    Logs;

    /// The log files that a jail reads.
    read("get JAIL logpath") fn log_paths(jail: &JailName) -> Vec<Text> = ["get", jail, "logpath"], fields::texts;

    /// Reads a log file too; answers all of them. The file must exist for the server; a named pipe would
    /// block it. One that is read already stays as it is. A jail that reads the journal reads no files: the server does
    /// nothing, and answers an empty list.
    set("set JAIL addlogpath PATH head|tail")
    fn add_log_path(jail: &JailName, path: &ServerPath, position: LogPosition) -> Vec<Text>
        = ["set", jail, "addlogpath", path, &position], fields::texts;

    /// Reads a log file no more; answers the others. One that is not read is no error.
    set("set JAIL dellogpath PATH") fn remove_log_path(jail: &JailName, path: &ServerPath) -> Vec<Text>
        = ["set", jail, "dellogpath", path], fields::texts;

    /// The encoding of the log files.
    read("get JAIL logencoding") fn log_encoding(jail: &JailName) -> String
        = ["get", jail, "logencoding"], fields::string;

    /// Sets the encoding of the log files, by a name that Python knows; `auto` is the one of the server's locale.
    /// Answers the name that holds. Files that are read already keep theirs.
    set("set JAIL logencoding NAME") fn set_log_encoding(jail: &JailName, encoding: &str) -> String
        = ["set", jail, "logencoding", encoding], fields::string;

    /// The journal matches of a jail, one list of terms per group.
    read("get JAIL journalmatch") fn journal_matches(jail: &JailName) -> Vec<Vec<String>>
        = ["get", jail, "journalmatch"], groups;

    /// Reads entries of the journal that fulfil this group of terms too, or one of `others`; answers all groups. A jail
    /// that reads files reads no journal: the server does nothing, and answers an empty list.
    change("set JAIL addjournalmatch TERM… + TERM…")
    fn add_journal_match(jail: &JailName, group: &JournalMatch, others: &[JournalMatch]) -> Vec<Vec<String>>
        = ["set", jail, "addjournalmatch"; terms(group, others)], groups;

    /// Takes one group of terms away; answers the others. The terms must be those of the group, in its order.
    change("set JAIL deljournalmatch TERM…")
    fn remove_journal_match(jail: &JailName, group: &JournalMatch) -> Vec<Vec<String>>
        = ["set", jail, "deljournalmatch"; group.terms()], groups;
}

/// The terms of all groups, with a plus sign between the groups.
fn terms(group: &JournalMatch, others: &[JournalMatch]) -> Vec<String> {
    let mut terms = group.terms().to_vec();
    for other in others {
        terms.push("+".to_owned());
        terms.extend_from_slice(other.terms());
    }
    terms
}
