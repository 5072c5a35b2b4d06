//! Against a real fail2ban: actions, their properties, and what they run.

use bangui_test_support::fail2ban::Fail2ban;
use fail2ban_client::codec::Value;
use fail2ban_client::{
    ActionInfo, ActionMethod, ActionName, ActionProperty, Arguments, Bantime, Client, Error, PythonFile,
    RootCommand, ServerPath,
};

use crate::live::{jail, lab};

fn root(text: &str) -> RootCommand {
    RootCommand::run_as_root(text)
}

fn name(text: &str) -> ActionName {
    ActionName::new(text).unwrap()
}

fn property(text: &str) -> ActionProperty {
    ActionProperty::new(text).unwrap()
}

/// What the commands of an action have written.
fn written(lab: &Fail2ban) -> String {
    std::fs::read_to_string(lab.dir().join("out")).unwrap_or_default()
}

#[tokio::test]
async fn an_action_that_runs_commands() {
    let lab = lab();
    let client = Client::new(lab.socket());
    let (sshd, mine) = (jail("sshd"), name("mine é"));
    client.add_action(&sshd, &mine).await.unwrap();
    let error = client.add_action(&sshd, &mine).await.unwrap_err();
    assert_eq!(error.exception().unwrap().name(), "ValueError", "{error}");
    assert_eq!(client.actions(&sshd).await.unwrap(), ["noop0", "mine é"]);
    assert!(lab.client(&["get", "sshd", "actions"]).unwrap().contains("mine é"));

    let say = |what: &str| root(&format!("echo {what} >> <out>"));
    let out = lab.dir().join("out").display().to_string();
    let properties = [
        (property("out"), root(&out)),
        (property("actionstart"), say("start")),
        (property("actionstop"), say("stop")),
        (property("actionflush"), say("flush")),
        (property("actioncheck"), root("true")),
        (property("actionunban"), say("unban <ip>")),
        (property("actionprolong"), say("prolong <ip> <bantime>")),
    ];
    client.set_action_properties(&sshd, &mine, &properties).await.unwrap();
    let ban =
        "echo ban <ip> <family> <failures> <bantime> <bancount> <time> <restored> \"<matches>\" >> <out>";
    let set = client.set_action_property(&sshd, &mine, &property("actionban"), &root(ban)).await.unwrap();
    assert_eq!(set.as_str(), Some(ban));
    assert_eq!(lab.client(&["get", "sshd", "action", "mine é", "actionban"]).unwrap(), ban);
    assert_eq!(client.action_property(&sshd, &mine, "out").await.unwrap().as_str(), Some(out.as_str()));
    let error = client.action_property(&sshd, &mine, "nothing").await.unwrap_err();
    assert_eq!(error.exception().unwrap().name(), "AttributeError");

    assert_eq!(client.set_action_timeout(&sshd, &mine, 7).await.unwrap(), 7);
    assert_eq!(lab.client(&["get", "sshd", "action", "mine é", "timeout"]).unwrap(), "7");
    assert_eq!(client.action_timeout(&sshd, &mine).await.unwrap(), 7);
    let all = client.action_properties(&sshd, &mine).await.unwrap();
    let names = client.action_property_names(&sshd, &mine).await.unwrap();
    assert_eq!(all.keys().collect::<Vec<_>>(), names.iter().collect::<Vec<_>>());
    assert_eq!(all["timeout"], Value::Int(7));
    assert_eq!(all["actionban"].as_str(), Some(ban));

    let info = ActionInfo::new("2001:db8::7".parse().unwrap())
        .with_time(1_795_451_233)
        .with_bantime(Bantime::Permanent)
        .with_ban_count(2)
        .with_failures(3)
        .with_matches(&["né; touch evil".to_owned(), "$(touch evil) `touch evil` \"x\" <ip>".to_owned()]);
    client.start_action(&sshd, &mine).await.unwrap();
    assert!(client.check_action(&sshd, &mine).await.unwrap());
    client.ban_by_action(&sshd, &mine, &info).await.unwrap();
    client.reban_by_action(&sshd, &mine, &ActionInfo::new("192.0.2.1".parse().unwrap())).await.unwrap();
    client.prolong_by_action(&sshd, &mine, &info).await.unwrap();
    client.unban_by_action(&sshd, &mine, &info).await.unwrap();
    client.flush_action(&sshd, &mine).await.unwrap();
    client.stop_action(&sshd, &mine).await.unwrap();
    let lines = written(&lab);
    let expected = "start\n\
        ban 2001:db8::7 inet6 3 -1 2 1795451233 0 né; touch evil\n$(touch evil) `touch evil` \"x\" <ip>\n\
        ban 192.0.2.1 inet4 0 600 1 0 0 \n\
        prolong 2001:db8::7 -1\n\
        unban 2001:db8::7\n\
        flush\nstop\n";
    assert_eq!(lines, expected);
    assert!(client.banned(&sshd).await.unwrap().is_empty(), "the jail's list knows nothing of it");

    let ran = lab.dir().join("ran");
    let shell = root(&format!("echo \"<é>\" > {}", ran.display()));
    assert!(client.run_by_action(&sshd, &mine, &shell, 5).await.unwrap());
    assert_eq!(std::fs::read_to_string(&ran).unwrap(), "<é>\n");
    assert!(!client.run_by_action(&sshd, &mine, &root("exit 3"), 5).await.unwrap());
    client.set_action_property(&sshd, &mine, &property("actionban"), &root("false")).await.unwrap();
    client.ban_by_action(&sshd, &mine, &info).await.unwrap_err();

    client.remove_action(&sshd, &mine).await.unwrap();
    assert_eq!(client.actions(&sshd).await.unwrap(), ["noop0"]);
    let error = client.remove_action(&sshd, &mine).await.unwrap_err();
    assert_eq!(error.exception().unwrap().name(), "KeyError");
}

#[tokio::test]
async fn no_method_of_a_command_action_is_taken_for_a_property() {
    let lab = lab();
    let client = Client::new(lab.socket());
    let methods = client.action_methods(&jail("sshd"), &name("noop0")).await.unwrap();
    assert!(methods.contains(&"executeCmd".to_owned()), "{methods:?}");
    for method in methods {
        assert!(ActionProperty::new(method.as_str()).is_err(), "{method}");
    }
}

const PYTHON: &str = r#"
from fail2ban.server.action import ActionBase

class Lab(ActionBase):
    def __init__(self, jail, name, words="", number=0, flag=False):
        super().__init__(jail, name)
        self.words, self.number, self.flag = words, number, flag
        self.lock = jail
        self.last = None
    def start(self): self.last = "start"
    def stop(self): self.last = "stop"
    def ban(self, aInfo): self.last = "ban %s %r" % (aInfo["ip"], aInfo["failures"])
    def unban(self, aInfo): self.last = "unban %s" % aInfo["ip"]
    def flush(self): self.last = "flush"
    def echo(self, **kwargs): return kwargs

Action = Lab
"#;

#[tokio::test]
async fn an_action_in_python() {
    let lab = lab();
    let client = Client::new(lab.socket());
    let (sshd, python) = (jail("sshd"), name("python"));
    let file = lab.dir().join("lab.py");
    std::fs::write(&file, PYTHON).unwrap();
    let file = PythonFile::run_as_root(ServerPath::new(file).unwrap());
    let words = "né \"quoted\" \\ \n\u{1} <F2B_END_COMMAND> 😀";
    let arguments = Arguments::new().with("words", words).with("number", -5).with("flag", true);
    client.add_python_action(&sshd, &python, &file, &arguments).await.unwrap();
    client.start_action(&sshd, &python).await.unwrap();
    let properties = client.action_properties(&sshd, &python).await.unwrap();
    assert_eq!(properties["words"].as_str(), Some(words));
    assert_eq!((&properties["number"], &properties["flag"]), (&Value::Int(-5), &Value::Bool(true)));
    assert_eq!(properties["last"].as_str(), Some("start"));
    assert!(!properties.contains_key("lock"), "it cannot be sent");

    let info = ActionInfo::new("192.0.2.1".parse().unwrap()).with_failures(4);
    client.ban_by_action(&sshd, &python, &info).await.unwrap();
    let last = client.action_property(&sshd, &python, "last").await.unwrap();
    assert_eq!(last.as_str(), Some("ban 192.0.2.1 4"));

    let method = |text: &str| ActionMethod::new(text).unwrap();
    let group = Arguments::new().with("inner", Arguments::new().with("a", 1).with("b", "x"));
    let echoed = client.call_action(&sshd, &python, &method("echo"), &group).await.unwrap();
    let inner = &echoed.as_dict().unwrap()[0].1;
    assert_eq!(inner.as_dict().unwrap()[0].1, Value::Int(1));
    let echoed = client.call_action(&sshd, &python, &method("echo"), &Arguments::new()).await.unwrap();
    assert_eq!(echoed.as_dict().unwrap().len(), 0);
    let error = client.call_action(&sshd, &python, &method("nothing"), &group).await.unwrap_err();
    assert!(matches!(&error, Error::NoSuchEntry { entry, .. } if entry == "nothing"), "{error}");
    assert!(!client.action_properties(&sshd, &python).await.unwrap().contains_key("nothing"));

    let missing = PythonFile::run_as_root(ServerPath::new("/nonexistent.py").unwrap());
    let error =
        client.add_python_action(&sshd, &name("other"), &missing, &Arguments::new()).await.unwrap_err();
    assert_eq!(error.exception().unwrap().name(), "FileNotFoundError");
}
