//! What a browser gets from the pages: files, encodings, caching, headers, and what is left to the API.

mod caching;
mod encodings;
mod hardening;
mod routing;
mod site;
