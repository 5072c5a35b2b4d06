//! One test for each recipe. Each proves the same of BanGUI behind its proxy.

use std::process::Command;

use super::proof;
use super::proxy::{Place, Proxy};
use crate::lab::fail2ban;
use crate::server::{Server, Setup};

fn setup(socket: &std::path::Path, trusted: &str) -> Setup {
    let mut setup = Setup::with_socket(socket);
    setup.settings.push(("BANGUI_HTTP__BASE_PATH", "/bangui".to_owned()));
    setup.settings.push(("BANGUI_HTTP__TRUSTED_PROXIES", trusted.to_owned()));
    setup.settings.push(("BANGUI_HTTP__HOSTS", "host.example".to_owned()));
    setup
}

fn nginx(place: &Place, server: &str) -> Command {
    let dir = place.dir.display();
    let server = server.replace("listen 443 ssl", &format!("listen {} ssl", place.address));
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {dir}/{name};\n"))
        .concat();
    let whole = format!(
        "daemon off;\npid {dir}/pid;\nerror_log stderr info;\nuser root;\nworker_processes 1;\nevents {{}}\nhttp {{\n\
         {temporary}access_log off;\n{server}\n}}\n"
    );
    let mut command = Command::new("nginx");
    command.arg("-p").arg(&place.dir).arg("-c").arg(place.write("nginx.conf", &whole));
    command
}

#[test]
fn fail2ban_behind_nginx() {
    let fail2ban = fail2ban();
    let server = Server::start(&setup(&fail2ban.socket(), "127.0.0.1"));
    let upstream = server.address.to_string();
    let proxy = Proxy::start(|place| nginx(place, &place.recipe("nginx.conf", &upstream)));
    proof::all(&proxy);
    proof::names(&proxy);
    proof::in_a_browser(&proxy);
}

#[test]
fn fail2ban_behind_nginx_by_a_unix_socket() {
    let fail2ban = fail2ban();
    let dir = tempfile::TempDir::new().expect("a directory");
    let socket = dir.path().join("bangui.sock");
    let mut setup = setup(&fail2ban.socket(), "unix");
    let address = crate::server::free_port();
    setup.address = Some(address);
    setup.settings.push(("BANGUI_HTTP__LISTEN", format!("{address},unix:{}", socket.display())));
    let _server = Server::start(&setup);
    let upstream = format!("unix:{}", socket.display());
    let proxy = Proxy::start(|place| nginx(place, &place.recipe("nginx.conf", &upstream)));
    proof::all(&proxy);
}

#[test]
fn fail2ban_behind_a_proxy_that_takes_the_path_off() {
    let fail2ban = fail2ban();
    let server = Server::start(&setup(&fail2ban.socket(), "127.0.0.1"));
    let upstream = format!("{}/", server.address);
    let proxy = Proxy::start(|place| nginx(place, &place.recipe("nginx.conf", &upstream)));
    proof::all(&proxy);
    proof::in_a_browser(&proxy);
}

#[test]
fn fail2ban_behind_caddy() {
    let fail2ban = fail2ban();
    let server = Server::start(&setup(&fail2ban.socket(), "127.0.0.1"));
    let upstream = server.address.to_string();
    let proxy = Proxy::start(|place| {
        let site = format!(
            "https://{} {{\n\ttls {} {}",
            place.address,
            place.tls.certificate.display(),
            place.tls.key.display()
        );
        let recipe = place.recipe("Caddyfile", &upstream).replace("host.example {", &site);
        let whole =
            format!("{{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n}}\n{recipe}");
        let mut command = Command::new("caddy");
        command.args(["run", "--adapter", "caddyfile", "--config"]).arg(place.write("Caddyfile", &whole));
        command
    });
    proof::all(&proxy);
}

#[test]
fn fail2ban_behind_traefik() {
    let fail2ban = fail2ban();
    let server = Server::start(&setup(&fail2ban.socket(), "127.0.0.1"));
    let upstream = server.address.to_string();
    let traefik = std::env::var_os("BANGUI_TEST_TRAEFIK")
        .expect("BANGUI_TEST_TRAEFIK names the program, as `cargo xtask test proxies` does");
    let proxy = Proxy::start(|place| {
        let routes = place.recipe("traefik-bangui.yml", &upstream);
        let routes = place.write("bangui.yml", &routes.replace("Host(`host.example`) && ", ""));
        let whole = place
            .recipe("traefik.yml", &upstream)
            .replace(":443", &place.address.to_string())
            .replace("/etc/traefik/bangui.yml", &routes.display().to_string());
        let whole = format!("{whole}global:\n  checkNewVersion: false\n  sendAnonymousUsage: false\n");
        let mut command = Command::new(&traefik);
        command.arg(format!("--configFile={}", place.write("traefik.yml", &whole).display()));
        command
    });
    proof::all(&proxy);
}
