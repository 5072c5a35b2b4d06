//! The free files of DB-IP, fetched once a month: which there are, where they lie, and whether they are this month's. Knows
//! no schedule. The sender is told what is fetched, and nothing else.

mod part;
mod receipt;

use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use bangui_domain::chain;
use bangui_domain::model::Timestamp;
use bangui_domain::ports::{FetchError, PlaceDownloads, Wanted};
use jiff::civil::Date;

use self::part::Part;
use self::receipt::Receipt;
use crate::atlas::PlacePath;
use crate::outgoing::{Outgoing, OutgoingRequest};

/// The most that is fetched of one file, packed. DB-IP's have 4 to 10 MiB.
const LARGEST: u64 = 64 << 20;
/// How long one file may take.
const PATIENCE: Duration = Duration::from_mins(10);
/// Redirects to follow, as mirrors use them.
const HOPS: u8 = 3;

/// One of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind {
    /// How it is called in addresses and file names.
    word: &'static str,
    /// How it is called by people.
    name: &'static str,
}

const KINDS: [Kind; 2] =
    [Kind { word: "country", name: "DB-IP Lite Country" }, Kind { word: "asn", name: "DB-IP Lite ASN" }];

/// Fetches the files and keeps them in a directory.
#[derive(Clone)]
pub struct DbipLite {
    outgoing: Outgoing,
    url: String,
    directory: PathBuf,
}

impl DbipLite {
    /// Fetches from `url`, in which `{file}` stands for `country` or `asn`, and `{month}` for a month such as 2026-11.
    pub fn new(outgoing: Outgoing, url: String, directory: PathBuf) -> Self {
        Self { outgoing, url, directory }
    }

    /// Where the files lie in `directory` once they are there.
    pub fn paths(directory: &Path) -> Vec<PlacePath> {
        KINDS.iter().map(|kind| PlacePath::Downloaded(file(directory, *kind), kind.name)).collect()
    }

    fn url(&self, kind: Kind, month: &str) -> String {
        self.url.replace("{file}", kind.word).replace("{month}", month)
    }

    fn wanted_of(&self, kind: Kind, month: &str) -> Wanted {
        let path = file(&self.directory, kind);
        match Receipt::read(&path) {
            Some(receipt) if path.exists() && receipt.month.as_str() >= month => Wanted::Nothing,
            Some(_) if path.exists() => Wanted::Newer,
            _ => Wanted::Missing,
        }
    }

    /// Fetches one file if it is wanted: that of this month, and where there is none at all, that of the month before.
    async fn fetch_one(&self, kind: Kind, now: Timestamp) -> Result<Wanted, FetchError> {
        let [month, before] = months(now);
        let wanted = self.wanted_of(kind, &month);
        if wanted == Wanted::Nothing || self.fetch_month(kind, &month).await? {
            return Ok(Wanted::Nothing);
        }
        if wanted == Wanted::Missing
            && self.url.contains("{month}")
            && self.fetch_month(kind, &before).await?
        {
            return Ok(Wanted::Newer);
        }
        Ok(wanted)
    }

    /// Fetches the file of a month; `false` if there is none.
    async fn fetch_month(&self, kind: Kind, month: &str) -> Result<bool, FetchError> {
        let failed = |reason: String| FetchError { file: kind.name.to_owned(), reason };
        let (url, path) = (self.url(kind, month), file(&self.directory, kind));
        let known = Receipt::read(&path).filter(|receipt| receipt.url == url && path.exists());
        let mut request = OutgoingRequest::get(&url).timeout(PATIENCE).limit(LARGEST).follow(HOPS);
        for (name, value) in known.iter().flat_map(Receipt::conditions) {
            request = request.header(name, value);
        }
        let mut response = self.outgoing.send(request).await.map_err(|error| failed(chain(&error)))?;
        let header = |name: &str| response.header(name).map(str::to_owned);
        let receipt = Receipt {
            month: month.to_owned(),
            url,
            etag: header("etag"),
            last_modified: header("last-modified"),
        };
        match response.status() {
            200 => {}
            304 if known.is_some() => {
                receipt.write(&path).await.map_err(failed)?;
                return Ok(true);
            }
            404 => return Ok(false),
            status => return Err(failed(format!("the server answers with status {status}"))),
        }
        let part = Part::begin(&self.directory).map_err(failed)?;
        while let Some(piece) = response.chunk().await.map_err(|error| failed(chain(&error)))? {
            part.add(piece).await;
        }
        let file = part.finish(path.clone()).await.map_err(failed)?;
        receipt.write(&path).await.map_err(failed)?;
        tracing::info!(kind = file.kind, month, "{} was fetched", kind.name);
        Ok(true)
    }
}

#[async_trait]
impl PlaceDownloads for DbipLite {
    async fn wanted(&self, now: Timestamp) -> Wanted {
        let [month, _] = months(now);
        KINDS.iter().map(|kind| self.wanted_of(*kind, &month)).max().unwrap_or(Wanted::Nothing)
    }

    async fn fetch(&self, now: Timestamp) -> Result<Wanted, FetchError> {
        let mut left = Wanted::Nothing;
        for kind in KINDS {
            left = left.max(self.fetch_one(kind, now).await?);
        }
        Ok(left)
    }
}

fn file(directory: &Path, kind: Kind) -> PathBuf {
    directory.join(format!("dbip-{}-lite.mmdb", kind.word))
}

/// The month of this time, and the one before, in UTC.
fn months(now: Timestamp) -> [String; 2] {
    let at = jiff::Timestamp::from_millisecond(now.as_millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let first = jiff::tz::TimeZone::UTC.to_datetime(at).date().first_of_month();
    let word = |date: Date| date.strftime("%Y-%m").to_string();
    [word(first), word(first.yesterday().unwrap_or(first))]
}

#[cfg(test)]
mod tests {
    use bangui_domain::model::Timestamp;

    use super::months;

    #[test]
    fn months_are_those_of_utc() {
        assert_eq!(months(Timestamp::from_secs(1_767_225_599)), ["2025-12", "2025-11"]);
        assert_eq!(months(Timestamp::from_secs(1_767_225_600)), ["2026-01", "2025-12"]);
    }
}
