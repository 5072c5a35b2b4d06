//! Where addresses are, and what they are called, as the settings have it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bangui_domain::ports::{HostNames, PlaceDownloads};
use bangui_gateway::{DbipLite, FileAtlas, NameServers, Outgoing, PlacePath};

use crate::exit::{ExitCode, Fatal};
use crate::settings::Settings;

/// Where fetched files of places lie.
pub(crate) fn directory(settings: &Settings) -> Option<PathBuf> {
    let beside = || bangui_persistence::sqlite_file(settings.database.url.expose()).ok().flatten();
    let directory = || beside()?.parent().map(Path::to_owned);
    settings.geo.directory.clone().or_else(directory)
}

/// The files that places come from, the most trusted first.
pub(crate) fn paths(settings: &Settings) -> Vec<PlacePath> {
    let mut paths: Vec<PlacePath> = settings.geo.database.iter().cloned().map(PlacePath::Supplied).collect();
    if settings.geo.download
        && let Some(directory) = directory(settings)
    {
        paths.extend(DbipLite::paths(&directory));
    }
    paths
}

/// The atlas, with all files read.
pub(crate) async fn atlas(settings: &Settings) -> Result<Arc<FileAtlas>, Fatal> {
    let paths = paths(settings);
    let atlas = tokio::task::spawn_blocking(move || FileAtlas::open(paths)).await;
    let atlas =
        atlas.map_err(|error| Fatal::new(ExitCode::Internal, format!("Places were not read: {error}.")))?;
    Ok(Arc::new(atlas))
}

/// What fetches files of places, if they are to be fetched.
pub(crate) fn downloads(settings: &Settings, outgoing: &Outgoing) -> Option<Arc<dyn PlaceDownloads>> {
    let directory = directory(settings).filter(|_| settings.geo.download)?;
    Some(Arc::new(DbipLite::new(outgoing.clone(), settings.geo.download_url.clone(), directory)))
}

/// Who is asked for names of addresses, if anybody is.
pub(crate) fn host_names(settings: &Settings) -> Result<Option<Arc<dyn HostNames>>, Fatal> {
    if !settings.geo.reverse_dns {
        return Ok(None);
    }
    let servers = NameServers::new(&settings.geo.name_servers);
    let servers =
        servers.map_err(|error| Fatal::new(ExitCode::Config, format!("geo.name_servers: {error}.")))?;
    Ok(Some(Arc::new(servers)))
}
