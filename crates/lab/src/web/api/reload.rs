//! `POST /api/ports/{name}/reload`

use super::Problem;
use super::extract::Path;
use super::ports::Script;
use crate::web::state::State;
use axum::Json;
use axum::extract::State as AxumState;
use axum::http::StatusCode;

/// Loads a port's script anew, from its file as it is now. Where that cannot be run the one before goes
/// on. It is loaded as well whenever its file changes.
#[utoipa::path(
    post, path = "/api/ports/{name}/reload", tag = "ports",
    params(("name" = String, Path, description = "what the port is called")),
    responses(
        (status = 200, body = Script, description = "how it is with the script now"),
        (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "the port has no script"),
    ),
)]
pub(super) async fn reload(
    AxumState(state): AxumState<State>,
    Path(name): Path<String>,
) -> Result<Json<Script>, Problem> {
    let port = state.port(&name)?;
    let script = port.script.as_ref().ok_or_else(|| no_script(&name))?;
    let standing = script.reload().await?;
    Ok(Json(Script::new(&script.name, standing)))
}

fn no_script(name: &str) -> Problem {
    let (en, zh) = (format!("port `{name}` has no script"), format!("端口 `{name}` 没有脚本"));
    Problem::new(StatusCode::CONFLICT, en, zh).hint(
        "`lua = \"answer.lua\"` in the configuration file, or `--lua answer.lua`, gives it one",
        "在配置文件里写 `lua = \"answer.lua\"`，或启动时加 `--lua answer.lua`",
    )
}
