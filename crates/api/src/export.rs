//! The history as a stream of bytes: one page of events is read, written and sent at a time, and the next one only when
//! the client has taken it. The stream ends when the client goes away; when the history cannot be read on, it fails, so
//! that no short file is taken for a whole one.

mod csv;

use std::sync::Arc;

use actix_web::web::Bytes;
use bangui_domain::ServiceError;
use bangui_domain::model::{BanEvent, EventQuery, Page};
use futures::Stream;
use serde::Serialize;
use thiserror::Error;
use utoipa::ToSchema;

use crate::ApiState;
use crate::wire::event::Event;

/// The form of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ExportFormat {
    /// A table for spreadsheets.
    Csv,
    /// A JSON object on each line.
    Ndjson,
}

impl ExportFormat {
    /// Reads the word.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Csv, Self::Ndjson].into_iter().find(|format| format.extension() == text)
    }

    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
        }
    }

    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Ndjson => "application/x-ndjson",
        }
    }

    fn write(self, events: &[BanEvent], is_first: bool) -> Result<Bytes, ExportError> {
        let events = events.iter().map(Event::from);
        match self {
            Self::Csv => csv::write(events, is_first).map_err(ExportError::Csv),
            Self::Ndjson => {
                let mut lines = Vec::new();
                for event in events {
                    serde_json::to_writer(&mut lines, &event).map_err(ExportError::Json)?;
                    lines.push(b'\n');
                }
                Ok(lines.into())
            }
        }
    }
}

/// Why a file ends before its end.
#[derive(Debug, Error)]
pub(crate) enum ExportError {
    #[error("the history cannot be read on")]
    Read(#[source] ServiceError),
    #[error("a line of CSV could not be written")]
    Csv(#[source] ::csv::Error),
    #[error("a line of JSON could not be written")]
    Json(#[source] serde_json::Error),
    #[error("the server is stopping")]
    Stopping,
}

/// An export under way.
pub(crate) struct Export {
    state: Arc<ApiState>,
    format: ExportFormat,
    /// The question behind what was written; nothing when all was.
    query: Option<EventQuery>,
    /// The beginning, which was read before the answer began.
    first: Option<Bytes>,
}

impl Export {
    /// Reads the first page, so that a database that is out of reach is still answered as such.
    pub(crate) async fn begin(
        state: Arc<ApiState>,
        query: EventQuery,
        format: ExportFormat,
    ) -> Result<Self, ServiceError> {
        let page = state.services.events.find(&query).await?;
        let mut export = Self { state, format, query: Some(query), first: None };
        let bytes = export.take(page, true);
        export.first = Some(bytes.map_err(|error| ServiceError::Internal(error.to_string()))?);
        Ok(export)
    }

    /// The file as the body of an answer.
    pub(crate) fn into_stream(self) -> impl Stream<Item = Result<Bytes, ExportError>> {
        futures::stream::unfold(self, |mut export| async move {
            let part = export.next().await?;
            if let Err(error) = &part {
                export.query = None;
                let reason = bangui_domain::chain(error);
                tracing::warn!(reason, "an export was cut off");
            }
            Some((part, export))
        })
    }

    async fn next(&mut self) -> Option<Result<Bytes, ExportError>> {
        if let Some(first) = self.first.take() {
            return Some(Ok(first));
        }
        let query = self.query.as_ref()?;
        if self.state.shutdown.is_cancelled() {
            return Some(Err(ExportError::Stopping));
        }
        match self.state.services.events.find(query).await {
            Ok(page) => Some(self.take(page, false)),
            Err(error) => Some(Err(ExportError::Read(error))),
        }
    }

    /// Writes a page, and goes on behind it.
    fn take(&mut self, page: Page<BanEvent>, is_first: bool) -> Result<Bytes, ExportError> {
        let bytes = self.format.write(&page.items, is_first)?;
        self.query = match (self.query.take(), page.next) {
            (Some(query), Some(next)) => Some(EventQuery { after: Some(next), ..query }),
            _ => None,
        };
        Ok(bytes)
    }
}
