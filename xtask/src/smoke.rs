//! `smoke`: asks a running server for its public pages over plain HTTP.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};

#[cfg(test)]
mod tests;

const DEFAULT_URL: &str = "http://localhost:8083";
const PAGES: &[&str] = &["/health", "/health/live", "/health/ready", "/metrics", "/openapi.json"];
const TIMEOUT: Duration = Duration::from_secs(5);
/// No page here is near this long; a longer one is cut off.
const ANSWER_BYTES_MAX: u64 = 16 << 20;

pub(crate) fn command(args: &[String]) -> Result<ExitCode> {
    let url = args.first().map_or(DEFAULT_URL, String::as_str);
    let authority = authority(url)?;
    let failed = PAGES.iter().filter(|page| !page_is_well(&authority, page)).count();
    println!("{} passed, {failed} failed, 0 skipped", PAGES.len() - failed);
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn page_is_well(authority: &str, page: &str) -> bool {
    match get(authority, page) {
        Ok((status, bytes)) => {
            println!("{status}  {page}  ({bytes} bytes)");
            (200..300).contains(&status)
        }
        Err(error) => {
            println!("---  {page}  {error:#}");
            false
        }
    }
}

/// `http://host[:port][/]` as `host:port`.
fn authority(url: &str) -> Result<String> {
    let Some(rest) = url.strip_prefix("http://") else {
        bail!("`{url}`: smoke speaks plain HTTP only; give http://host:port");
    };
    let authority = rest.trim_end_matches('/');
    if authority.is_empty() || authority.contains('/') {
        bail!("`{url}`: give http://host:port without a path");
    }
    let last = authority.rsplit(']').next().unwrap_or(authority);
    Ok(if last.contains(':') { authority.into() } else { format!("{authority}:80") })
}

/// The status of a page and how long the whole answer was.
fn get(authority: &str, page: &str) -> Result<(u16, usize)> {
    let mut stream = connect(authority)?;
    let request = format!("GET {page} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer).context("no whole answer")?;
    Ok((status(&answer)?, answer.len()))
}

fn connect(authority: &str) -> Result<TcpStream> {
    let mut failure = None;
    for address in authority.to_socket_addrs().with_context(|| format!("cannot look up {authority}"))? {
        match TcpStream::connect_timeout(&address, TIMEOUT) {
            Ok(stream) => {
                stream.set_read_timeout(Some(TIMEOUT))?;
                stream.set_write_timeout(Some(TIMEOUT))?;
                return Ok(stream);
            }
            Err(error) => failure = Some(error),
        }
    }
    match failure {
        Some(error) => Err(error).with_context(|| format!("cannot connect to {authority}")),
        None => bail!("{authority} has no address"),
    }
}

fn status(answer: &[u8]) -> Result<u16> {
    let line = answer.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let code = line.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1));
    code.and_then(|code| code.parse().ok()).with_context(|| format!("not an HTTP answer: `{line}`"))
}
