//! Open files: their content in memory, written back whole.
//!
//! All handles of a path share one content, so a script reads back what it has just written. A
//! dirty file goes to flash when it is flushed or closed, and at the latest when the script waits:
//! a kill finds the old or the new content, never a half.

use crate::{Flash, FlashError};
use std::cell::RefCell;
use std::rc::Rc;

/// Bytes that one file may have.
pub(crate) const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Files that a script may have open at once.
pub(crate) const OPEN_FILES_MAX: usize = 64;

/// How the content in memory stands to what the flash holds.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Standing {
    /// The same.
    Clean,
    /// Newer.
    Dirty,
    /// Newer, and the flash has refused it.
    Refused(FlashError),
    /// No longer there, or never was: the file was removed, or belongs to the project.
    Apart,
}

/// A file that a script has open.
#[derive(Debug)]
pub(crate) struct OpenFile {
    path: String,
    bytes: Vec<u8>,
    standing: Standing,
}

impl OpenFile {
    /// A file that is never written back.
    pub(crate) fn read_only(path: String, bytes: Vec<u8>) -> Rc<RefCell<Self>> {
        Rc::new(RefCell::new(Self { path, bytes, standing: Standing::Apart }))
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether it is never written back.
    pub(crate) fn is_apart(&self) -> bool {
        self.standing == Standing::Apart
    }

    /// The content, to be changed.
    pub(crate) fn bytes_mut(&mut self) -> &mut Vec<u8> {
        if self.standing != Standing::Apart {
            self.standing = Standing::Dirty;
        }
        &mut self.bytes
    }

    /// Writes newer content to `flash`.
    pub(crate) fn write_back(&mut self, flash: &mut dyn Flash) -> Result<(), FlashError> {
        match self.standing {
            Standing::Clean | Standing::Apart => return Ok(()),
            Standing::Dirty | Standing::Refused(_) => {}
        }
        let written = flash.write(&self.path, &self.bytes);
        self.standing = match &written {
            Ok(()) => Standing::Clean,
            Err(error) => Standing::Refused(error.clone()),
        };
        written
    }
}

/// The files of the device's own that its script has open, one entry a path.
#[derive(Debug, Default)]
pub(crate) struct OpenFiles(Vec<Rc<RefCell<OpenFile>>>);

impl OpenFiles {
    /// The open file at `path`.
    pub(crate) fn find(&self, path: &str) -> Option<Rc<RefCell<OpenFile>>> {
        self.0.iter().find(|file| file.borrow().path == path).cloned()
    }

    /// Opens `path` with the content that the flash holds.
    pub(crate) fn open(&mut self, path: String, bytes: Vec<u8>) -> Rc<RefCell<OpenFile>> {
        let file = Rc::new(RefCell::new(OpenFile { path, bytes, standing: Standing::Clean }));
        self.0.push(Rc::clone(&file));
        file
    }

    /// Whether another path can be opened.
    pub(crate) fn has_room(&self) -> bool {
        self.0.len() < OPEN_FILES_MAX
    }

    /// Forgets `path`: its handles keep the content, which is not written back any more.
    pub(crate) fn part_with(&mut self, path: &str) {
        self.0.retain(|file| {
            let mut file = file.borrow_mut();
            if file.path == path {
                file.standing = Standing::Apart;
            }
            file.path != path
        });
    }

    /// Follows a rename that was made in flash.
    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        self.part_with(to);
        if let Some(file) = self.find(from) {
            file.borrow_mut().path = to.to_owned();
        }
    }

    /// Follows a folder's rename that was made in flash.
    pub(crate) fn rename_folder(&mut self, from: &str, to: &str) {
        for file in &self.0 {
            let mut file = file.borrow_mut();
            if let Some(rest) = file.path.strip_prefix(from).filter(|rest| rest.starts_with('/')) {
                file.path = format!("{to}{rest}");
            }
        }
    }

    /// Writes back all that is newer than the flash, and closes what no handle holds any more.
    ///
    /// Returns the path and the reason of each that the flash refuses, the first time only: it is
    /// tried again after a change, and when it is flushed or closed.
    pub(crate) fn settle(&mut self, flash: &mut dyn Flash) -> Vec<(String, FlashError)> {
        let mut refused = Vec::new();
        self.0.retain(|file| {
            let held = Rc::strong_count(file) > 1;
            let mut file = file.borrow_mut();
            if file.standing == Standing::Dirty
                && let Err(error) = file.write_back(flash)
            {
                refused.push((file.path.clone(), error));
            }
            held
        });
        refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryFlash;

    #[test]
    fn content_reaches_the_flash_when_the_files_settle() {
        let (mut flash, mut files) = (MemoryFlash::default(), OpenFiles::default());
        let file = files.open("/a".to_owned(), Vec::new());
        file.borrow_mut().bytes_mut().extend(b"new");
        assert_eq!(flash.read("/a"), Err(FlashError::Missing));
        assert_eq!(files.settle(&mut flash), []);
        assert_eq!(flash.read("/a"), Ok(b"new".to_vec()));
    }

    #[test]
    fn a_file_without_a_handle_is_written_and_then_closed() {
        let (mut flash, mut files) = (MemoryFlash::default(), OpenFiles::default());
        files.open("/a".to_owned(), Vec::new()).borrow_mut().bytes_mut().push(b'x');
        files.settle(&mut flash);
        assert!(files.find("/a").is_none());
        assert_eq!(flash.read("/a"), Ok(b"x".to_vec()));
    }

    #[test]
    fn a_removed_file_does_not_come_back() {
        let (mut flash, mut files) = (MemoryFlash::default(), OpenFiles::default());
        let file = files.open("/a".to_owned(), Vec::new());
        files.part_with("/a");
        file.borrow_mut().bytes_mut().push(b'x');
        assert_eq!(file.borrow_mut().write_back(&mut flash), Ok(()));
        files.settle(&mut flash);
        assert_eq!(flash.read("/a"), Err(FlashError::Missing));
    }

    #[test]
    fn a_refused_write_is_told_once() {
        let (mut flash, mut files) = (MemoryFlash::default(), OpenFiles::default());
        let file = files.open("/nowhere/a".to_owned(), Vec::new());
        file.borrow_mut().bytes_mut().push(b'x');
        assert_eq!(files.settle(&mut flash), [("/nowhere/a".to_owned(), FlashError::Missing)]);
        assert_eq!(files.settle(&mut flash), []);
        assert_eq!(file.borrow_mut().write_back(&mut flash), Err(FlashError::Missing));
    }
}
