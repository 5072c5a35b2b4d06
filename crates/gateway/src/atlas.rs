//! Where addresses are: files of places, the most trusted first, and behind them the built-in table of countries. Country
//! and network are taken each from the first that tells it. Asks nobody else.

mod attribution;
mod builtin;
mod file;
mod record;
mod table;
mod watched;

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError, RwLock};

use bangui_domain::model::special::{Meaning, meaning};
use bangui_domain::model::{BanId, Country, Network, Place};
use bangui_domain::ports::{Atlas, PlaceSource};

pub use file::{PlaceFile, PlaceFileError};
pub use watched::PlacePath;

use watched::Watched;

/// The rules by which this file and its parts find a place: another number has everything looked up again.
const RULES: &str = "rules 2";

/// An atlas of files on this machine.
#[derive(Debug)]
pub struct FileAtlas {
    files: RwLock<Vec<Watched>>,
    /// Held by the one who reads files, which takes longer than the answer to a question may.
    reading: Mutex<()>,
}

impl FileAtlas {
    /// Reads the files, the most trusted first. One that cannot be read is told of in [`Atlas::sources`], and read when it
    /// can be.
    pub fn open(paths: Vec<PlacePath>) -> Self {
        let files = paths.into_iter().map(Watched::new).collect();
        let atlas = Self { files: RwLock::new(files), reading: Mutex::new(()) };
        atlas.refresh();
        atlas
    }

    fn files(&self) -> std::sync::RwLockReadGuard<'_, Vec<Watched>> {
        self.files.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn public(&self, address: IpAddr) -> Place {
        let mut place = Place::default();
        for file in self.files().iter().filter_map(|watched| watched.file.as_deref()) {
            let known = file.table.find(address);
            if let (Country::Unknown, Some(code)) = (place.country, known.country) {
                place.country = Country::Known(code);
            }
            if let (None, Some(asn)) = (&place.network, known.asn) {
                let name = file.table.name(asn).map(str::to_owned);
                place.network = Some(Network { asn, name });
            }
        }
        if place.country == Country::Unknown {
            place.country = builtin::find(address).map_or(Country::Unknown, Country::Known);
        }
        place
    }
}

/// Whether the address is one of the Internet's.
pub(crate) fn is_public(address: IpAddr) -> bool {
    matches!(meaning(address), Meaning::Public(_))
}

impl Atlas for FileAtlas {
    fn place(&self, id: &BanId) -> Place {
        let Some(target) = id.target() else { return Place::default() };
        match meaning(target.as_net().network()) {
            Meaning::Special(_) => Place { country: Country::Private, network: None },
            Meaning::Public(address) => self.public(address),
        }
    }

    fn sources(&self) -> Vec<PlaceSource> {
        let mut sources: Vec<PlaceSource> = self.files().iter().map(Watched::source).collect();
        sources.push(builtin::source());
        sources
    }

    fn edition(&self) -> String {
        let files = self.files();
        let parts = files.iter().filter_map(Watched::edition).chain([builtin::edition(), RULES.to_owned()]);
        parts.collect::<Vec<_>>().join("; ")
    }

    fn refresh(&self) {
        let _reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.files().clone();
        for (at, watched) in before.iter().enumerate() {
            let Some(after) = watched.refreshed() else { continue };
            let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
            if let Some(place) = files.get_mut(at) {
                *place = after;
            }
        }
    }
}
