//! `GET /metrics`

use super::Problem;
use crate::host::Counted;
use crate::store::News;
use crate::web::state::State;
use axum::extract::State as AxumState;
use axum::http::{HeaderName, header};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// What the text is.
const MEDIA: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfPort {
    port: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OneWay {
    port: String,
    direction: &'static str,
}

/// Figures for Prometheus: per port what came and went since the start, and how far the store is.
#[utoipa::path(
    get, path = "/metrics", tag = "messages",
    responses((status = 200, body = String, content_type = MEDIA)),
)]
pub(super) async fn metrics(
    AxumState(state): AxumState<State>,
) -> Result<([(HeaderName, &'static str); 1], String), Problem> {
    let names = state.ports.iter().map(|port| port.name.clone());
    let counted: Vec<_> = names.zip(state.orders.count().await?).collect();
    let devices = state.read(|reader| reader.device_counts()).await?.0;
    let mut registry = Registry::with_prefix("holdline_lab");
    of_ports(&mut registry, &counted);
    of_store(&mut registry, &state.news.borrow(), devices);
    let mut text = String::new();
    encode(&mut text, &registry).expect("memory takes all");
    Ok(([(header::CONTENT_TYPE, MEDIA)], text))
}

fn of_ports(registry: &mut Registry, counted: &[(String, Counted)]) {
    let connections = Family::<OfPort, Counter>::default();
    let open = Family::<OfPort, Gauge>::default();
    let messages = Family::<OneWay, Counter>::default();
    let bytes = Family::<OneWay, Counter>::default();
    for (port, Counted { tally, open: now }) in counted {
        let port = escaped(port);
        let label = OfPort { port: port.clone() };
        connections.get_or_create(&label).inc_by(tally.connections);
        open.get_or_create(&label).set(i64::try_from(*now).unwrap_or(i64::MAX));
        for (direction, traffic) in [("in", tally.received), ("out", tally.sent)] {
            let label = OneWay { port: port.clone(), direction };
            messages.get_or_create(&label).inc_by(traffic.messages);
            bytes.get_or_create(&label).inc_by(traffic.bytes);
        }
    }
    registry.register("connections", "Connections that were accepted", connections);
    registry.register("open_connections", "Connections that are open", open);
    registry.register("messages", "Messages, as the framing has those that came", messages);
    registry.register("bytes", "Bytes that came and went", bytes);
}

/// As a label stands in quotes, which the encoder leaves to us.
fn escaped(label: &str) -> String {
    label.replace('\\', r"\\").replace('"', r#"\""#).replace('\n', r"\n")
}

fn of_store(registry: &mut Registry, news: &News, devices: i64) {
    let gauge = |value: i64| {
        let gauge = Gauge::<i64>::default();
        gauge.set(value);
        gauge
    };
    registry.register("store_seq", "Number of the last row in the store", gauge(news.seq));
    let trouble = i64::from(news.trouble.is_some());
    registry.register("store_trouble", "1 while the store cannot write", gauge(trouble));
    registry.register("devices", "Devices that were ever seen", gauge(devices));
}
