//! The server that a port passes devices on to, in words.

use super::{WordsError, wrong};
use std::net::{SocketAddr, ToSocketAddrs};

/// Looks `HOST:PORT` up. Of several addresses it is the first of IPv4, which is what modules take.
pub fn target(words: &str) -> Result<SocketAddr, WordsError> {
    let has_port = words.rsplit_once(':').is_some_and(|(host, port)| {
        let is_whole = !host.is_empty() && (host.starts_with('[') || !host.contains(':'));
        is_whole && port.parse().is_ok_and(|number: u16| number > 0)
    });
    if !has_port {
        let ways = "`example.com:9999`, `192.0.2.1:9999`, `[2001:db8::1]:9999`";
        return Err(wrong(
            format!("`{words}` is no server; write it as in {ways}"),
            format!("`{words}` 不是服务器地址；写法如 {ways}"),
        ));
    }
    let unknown = |why: String| {
        wrong(
            format!("`{words}` cannot be found: {why}; check the name, and this machine's network"),
            format!("找不到 `{words}`：{why}；请检查域名和本机网络"),
        )
    };
    let found = words.to_socket_addrs().map_err(|error| unknown(error.to_string()))?;
    let found: Vec<SocketAddr> = found.collect();
    let first = found.iter().find(|address| address.is_ipv4()).or(found.first());
    first.copied().ok_or_else(|| unknown("the name has no address".to_owned()))
}
