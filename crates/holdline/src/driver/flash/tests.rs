use super::*;

fn opened() -> (tempfile::TempDir, FolderFlash) {
    let folder = tempfile::tempdir().unwrap();
    let flash = FolderFlash::open(folder.path()).unwrap();
    (folder, flash)
}

#[test]
fn files_survive_and_are_counted() {
    let (folder, mut flash) = opened();
    flash.write("/a", b"one").unwrap();
    flash.write("/a", b"three").unwrap();
    flash.write("/b", b"").unwrap();
    flash.rename("/a", "/c").unwrap();
    let mut flash = FolderFlash::open(folder.path()).unwrap();
    assert_eq!(flash.read("/c"), Ok(b"three".to_vec()));
    assert_eq!(flash.read("/a"), Err(FlashError::Missing));
    assert_eq!(flash.used_bytes(), 5);
    flash.write("/b", b"xx").unwrap();
    flash.rename("/b", "/c").unwrap();
    assert_eq!(flash.used_bytes(), 2);
    flash.remove("/c").unwrap();
    assert_eq!((flash.used_bytes(), flash.remove("/c")), (0, Err(FlashError::Missing)));
}

#[test]
fn folders_behave_as_in_memory() {
    let (_folder, mut flash) = opened();
    let is_failed = |result| matches!(result, Err(FlashError::Failed(_)));
    assert_eq!(flash.write("/a/b", b"x"), Err(FlashError::Missing));
    assert_eq!(flash.make_dir("/x/y"), Err(FlashError::Missing));
    assert_eq!(flash.make_dir("/a"), Ok(()));
    assert_eq!(flash.make_dir("/a"), Ok(()));
    assert!(flash.has_folder("/") && flash.has_folder("/a") && !flash.has_folder("/b"));
    assert_eq!(flash.write("/a/b", b"x"), Ok(()));
    assert_eq!(flash.write("/a/b/c", b"x"), Err(FlashError::Missing));
    assert!(!flash.has_folder("/a/b"));
    assert!(is_failed(flash.write("/a", b"x")) && is_failed(flash.read("/a").map(drop)));
    assert!(is_failed(flash.make_dir("/a/b")) && is_failed(flash.remove_dir("/a")));
    assert_eq!(flash.remove("/a"), Err(FlashError::Missing));
    assert_eq!(flash.remove("/a/b"), Ok(()));
    assert_eq!(flash.remove_dir("/a"), Ok(()));
    assert_eq!(flash.remove_dir("/a"), Err(FlashError::Missing));
    assert_eq!(flash.write("/#lua_user#/kept", b"x"), Ok(()));
    assert_eq!(flash.read("/#lua_user#/kept"), Ok(b"x".to_vec()));
}

#[test]
fn a_folder_is_renamed_as_in_memory() {
    let (_folder, mut flash) = opened();
    let is_failed = |result| matches!(result, Err(FlashError::Failed(_)));
    for folder in ["/a", "/a/b", "/ab"] {
        flash.make_dir(folder).unwrap();
    }
    flash.write("/a/b/c", b"x").unwrap();
    assert_eq!(flash.rename_dir("/none", "/d"), Err(FlashError::Missing));
    assert_eq!(flash.rename_dir("/a/b/c", "/d"), Err(FlashError::Missing));
    assert_eq!(flash.rename_dir("/a", "/none/d"), Err(FlashError::Missing));
    assert!(is_failed(flash.rename_dir("/a", "/a/d")) && is_failed(flash.rename_dir("/a", "/ab")));
    assert_eq!(flash.rename_dir("/a", "/#lua_user#"), Err(FlashError::Denied));
    assert_eq!(flash.rename_dir("/a", "/d"), Ok(()));
    assert_eq!(flash.read("/d/b/c"), Ok(b"x".to_vec()));
    assert!(!flash.has_folder("/a") && flash.has_folder("/ab"));
    assert_eq!(flash.used_bytes(), 1);
}

/// A kill leaves at most a temporary file beside the old content.
#[test]
fn what_a_kill_leaves_is_swept_and_the_old_content_stays() {
    let (folder, mut flash) = opened();
    flash.make_dir("/d").unwrap();
    flash.write("/d/a", b"old").unwrap();
    let half = folder.path().join("d").join(name::temporary(7));
    write_through(&half, b"ne").unwrap();
    let flash = FolderFlash::open(folder.path()).unwrap();
    assert!(!half.exists());
    assert_eq!((flash.read("/d/a"), flash.used_bytes()), (Ok(b"old".to_vec()), 3));
}

/// The temporary file cannot be made: the target is not touched.
#[test]
fn a_write_that_fails_leaves_the_old_content() {
    let (folder, mut flash) = opened();
    flash.write("/a", b"old").unwrap();
    fs::create_dir(folder.path().join(name::temporary(2))).unwrap();
    assert!(matches!(flash.write("/a", b"new"), Err(FlashError::Failed(_))));
    assert_eq!((flash.read("/a"), flash.used_bytes()), (Ok(b"old".to_vec()), 3));
    assert_eq!(flash.write("/a", b"newer"), Ok(()));
    assert_eq!(flash.read("/a"), Ok(b"newer".to_vec()));
}

#[test]
fn a_write_leaves_nothing_beside_its_file() {
    let (folder, mut flash) = opened();
    flash.write("/a", b"x").unwrap();
    let names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["a"]);
}

#[test]
fn a_full_flash_refuses() {
    let (_folder, mut flash) = opened();
    flash.write("/a", b"old").unwrap();
    let much = vec![0; FLASH_BYTES_MAX as usize + 1];
    assert_eq!(flash.write("/a", &much), Err(FlashError::Full));
    assert_eq!(flash.read("/a"), Ok(b"old".to_vec()));
}

#[test]
fn odd_names_are_files_like_others() {
    let (folder, mut flash) = opened();
    for name in ["/..", "/.", "/a\\b", "/C:", "/ ", "/.holdline-1-1", "/%2E"] {
        flash.write(name, name.as_bytes()).unwrap();
    }
    let flash = FolderFlash::open(folder.path()).unwrap();
    for name in ["/..", "/.", "/a\\b", "/C:", "/ ", "/.holdline-1-1", "/%2E"] {
        assert_eq!(flash.read(name), Ok(name.as_bytes().to_vec()), "{name}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 7);
}

#[test]
fn a_name_longer_than_the_machine_takes_is_an_error() {
    let (_folder, mut flash) = opened();
    assert!(flash.write(&format!("/{}", "x".repeat(300)), b"x").is_err());
    assert_eq!(flash.used_bytes(), 0);
}

#[cfg(unix)]
mod links {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_link_that_leads_out_is_not_followed() {
        let (folder, mut flash) = opened();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), "secret").unwrap();
        symlink(outside.path(), folder.path().join("out")).unwrap();
        symlink(outside.path().join("secret"), folder.path().join("link")).unwrap();
        assert_eq!(flash.read("/out/secret"), Err(FlashError::Denied));
        assert_eq!(flash.read("/link"), Err(FlashError::Denied));
        assert_eq!(flash.write("/out/secret", b"x"), Err(FlashError::Denied));
        assert_eq!(flash.remove("/out/secret"), Err(FlashError::Denied));
        assert_eq!(flash.rename("/out/secret", "/mine"), Err(FlashError::Denied));
        assert_eq!(flash.make_dir("/out/more"), Err(FlashError::Denied));
        assert!(!flash.has_folder("/out"));
        // The link itself is the device's: a write takes its place.
        assert_eq!(flash.write("/link", b"mine"), Ok(()));
        assert_eq!(flash.read("/link"), Ok(b"mine".to_vec()));
        assert_eq!(fs::read_to_string(outside.path().join("secret")).unwrap(), "secret");
        FolderFlash::open(folder.path()).unwrap();
        assert!(outside.path().join("secret").exists());
    }

    #[test]
    fn a_link_that_stays_inside_is_followed() {
        let (folder, mut flash) = opened();
        flash.write("/a", b"x").unwrap();
        symlink("a", folder.path().join("b")).unwrap();
        assert_eq!(flash.read("/b"), Ok(b"x".to_vec()));
    }

    #[test]
    fn a_pipe_is_not_read() {
        let (folder, flash) = opened();
        let pipe = folder.path().join("pipe");
        let socket = std::os::unix::net::UnixListener::bind(&pipe).unwrap();
        assert_eq!(flash.read("/pipe"), Err(FlashError::Denied));
        drop(socket);
    }
}
