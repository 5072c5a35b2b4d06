//! Counts requests and measures how long their answers take. The route is the pattern that matched, never the path: what
//! strangers ask for makes no series.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use prometheus::core::Collector;
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts};

use crate::ApiState;

/// What no route has matched.
const UNMATCHED: &str = "unmatched";
/// Seconds.
const BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0];

/// Counts for one process.
pub(super) struct HttpMeter {
    requests: IntCounterVec,
    durations: HistogramVec,
}

impl HttpMeter {
    /// Nothing counted yet.
    pub(super) fn new() -> Result<Self, prometheus::Error> {
        let requests = Opts::new("bangui_http_requests_total", "Requests answered, by the route's pattern.");
        let durations = HistogramOpts::new(
            "bangui_http_request_duration_seconds",
            "How long it took until an answer began, by the route's pattern.",
        );
        Ok(Self {
            requests: IntCounterVec::new(requests, &["method", "route", "status"])?,
            durations: HistogramVec::new(durations.buckets(BUCKETS.to_vec()), &["method", "route"])?,
        })
    }

    /// What is counted.
    pub(super) fn collectors(&self) -> [Box<dyn Collector>; 2] {
        [Box::new(self.requests.clone()), Box::new(self.durations.clone())]
    }

    fn count(&self, method: &str, route: &str, status: StatusCode, seconds: f64) {
        self.requests.with_label_values(&[method, route, status.as_str()]).inc();
        self.durations.with_label_values(&[method, route]).observe(seconds);
    }
}

/// Measures every request of the application that it wraps. An answer counts when it begins: a live stream goes on.
pub async fn measure<B: MessageBody>(
    state: Data<ApiState>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let (asked, method) = (Instant::now(), known(request.method()));
    let answer = next.call(request).await;
    let (route, status) = match &answer {
        Ok(answer) => (answer.request().match_pattern(), answer.status()),
        Err(error) => (None, error.as_response_error().status_code()),
    };
    let route = route.as_deref().unwrap_or(UNMATCHED);
    state.services.metrics.http.count(method, route, status, asked.elapsed().as_secs_f64());
    answer
}

/// A method by its name, as long as it is one that everybody knows.
fn known(method: &Method) -> &'static str {
    const KNOWN: [(Method, &str); 7] = [
        (Method::GET, "GET"),
        (Method::HEAD, "HEAD"),
        (Method::POST, "POST"),
        (Method::PUT, "PUT"),
        (Method::PATCH, "PATCH"),
        (Method::DELETE, "DELETE"),
        (Method::OPTIONS, "OPTIONS"),
    ];
    KNOWN.iter().find(|(known, _)| known == method).map_or("other", |(_, name)| name)
}
