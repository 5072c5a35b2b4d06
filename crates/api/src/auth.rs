//! Sessions at the door: the cookie that carries the token, and the extractor that says who asks.

use std::future::{Ready, ready};

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use bangui_domain::ServiceError;
use bangui_domain::model::Session;
use bangui_domain::service::Caller;
use bangui_session_cache::{Client, Login};

use crate::{ApiError, ApiState, SecureCookies};

/// The name of the session cookie.
pub const COOKIE: &str = "bangui_session";

/// Who asks. Every route that is not public has one: the gate puts it there before the route is looked up.
#[derive(Debug, Clone)]
pub struct Authenticated {
    /// The session.
    pub session: Session,
    /// Where the request comes from.
    pub client: Client,
}

impl Authenticated {
    /// The user and address that the services want to know.
    pub fn caller(&self) -> Caller {
        Caller { user: self.session.user.name.clone(), address: self.client.address }
    }
}

impl FromRequest for Authenticated {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let known = request.extensions().get::<Self>().cloned();
        ready(known.ok_or_else(|| ServiceError::SessionRequired.into()))
    }
}

impl ApiState {
    /// Recognises the session of a request.
    pub(crate) async fn authenticate(&self, request: &HttpRequest) -> Result<Authenticated, ApiError> {
        let token = request.cookie(COOKIE).ok_or(ServiceError::SessionRequired)?;
        let sessions = self.services.accounts.sessions();
        let session = sessions.authenticate(token.value()).await?.ok_or(ServiceError::SessionRequired)?;
        Ok(Authenticated { session, client: self.settings.trusted_proxies.client(request) })
    }

    /// The cookie that begins a session.
    pub(crate) fn session_cookie(&self, login: &Login, request: &HttpRequest) -> Cookie<'static> {
        let life = login.session.expires_at.millis_since(login.session.created_at);
        let mut cookie = self.cookie(login.token.reveal().to_owned(), request);
        cookie.set_max_age(Duration::milliseconds(life));
        cookie
    }

    /// The cookie that takes the session's cookie away.
    pub(crate) fn ended_cookie(&self, request: &HttpRequest) -> Cookie<'static> {
        let mut cookie = self.cookie(String::new(), request);
        cookie.make_removal();
        cookie
    }

    fn cookie(&self, value: String, request: &HttpRequest) -> Cookie<'static> {
        let secure = match self.settings.secure_cookies {
            SecureCookies::Auto => self.settings.trusted_proxies.over_tls(request),
            SecureCookies::Always => true,
            SecureCookies::Never => false,
        };
        // Other applications on the same host are not sent it.
        let base = &self.settings.base_path;
        Cookie::build(COOKIE, value)
            .path(if base.is_empty() { "/".to_owned() } else { base.clone() })
            .http_only(true)
            .same_site(SameSite::Strict)
            .secure(secure)
            .finish()
    }
}
