//! Compiles the script library, so that no device has to: most of a start was Lua's compiler otherwise.
//!
//! What `lua/` holds is known by its name, what `lua/parts/` holds, which is for the library alone, by its
//! name after a `~`; `lua/ground/` is a table of its own.

use mlua::{Lua, LuaOptions, StdLib};
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed=lua");
    check_target()?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let ground = table(&out, "GROUND", &[("lua/ground", "")])?;
    let library = table(&out, "LIBRARY", &[("lua", ""), ("lua/parts", "~")])?;
    fs::write(out.join("library.rs"), ground + &library)?;
    Ok(())
}

/// What Lua compiles to fits machines alike.
fn check_target() -> Result<()> {
    let endian = if cfg!(target_endian = "little") { "little" } else { "big" };
    let this = (endian.to_owned(), usize::BITS.to_string());
    let target =
        (env::var("CARGO_CFG_TARGET_ENDIAN")?, env::var("CARGO_CFG_TARGET_POINTER_WIDTH")?);
    if this != target {
        return Err(format!(
            "the script library is compiled for machines like the one that builds ({this:?}: byte order, bits), \
             and the target is {target:?}: build on a machine of that kind"
        )
        .into());
    }
    Ok(())
}

/// A table of all files of some folders, each with what stands before its name, as Rust.
fn table(out: &Path, name: &str, folders: &[(&str, &str)]) -> Result<String> {
    let mut rust = format!("pub(super) const {name}: &[(&str, &[u8])] = &[\n");
    for (folder, before) in folders {
        for path in sources(folder)? {
            let stem = path.file_stem().ok_or("a file without a name")?.to_string_lossy();
            let known = format!("{before}{stem}");
            let compiled = out.join(format!("{known}.luac"));
            fs::write(&compiled, compile(&known, &path)?)?;
            writeln!(
                rust,
                "    ({known:?}, include_bytes!({:?})),",
                compiled.display().to_string()
            )?;
        }
    }
    Ok(rust + "];\n")
}

fn sources(folder: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut paths = entries.collect::<Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "lua"));
    paths.sort();
    Ok(paths)
}

/// With its lines, for what is said of errors.
fn compile(name: &str, path: &Path) -> Result<Vec<u8>> {
    let lua = Lua::new_with(StdLib::NONE, LuaOptions::default())?;
    let function = lua.load(fs::read(path)?).set_name(format!("={name}.lua")).into_function()?;
    Ok(function.dump(false))
}
