use std::fs;

use tempfile::TempDir;

use super::*;

fn place(content: &[u8]) -> (TempDir, PathBuf) {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("secret");
    fs::write(&path, content).unwrap();
    (directory, path)
}

#[cfg(unix)]
fn allow(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn value(content: &[u8]) -> Result<String, String> {
    let (_directory, path) = place(content);
    read(&path).map(|(secret, _)| secret.expose().to_owned()).map_err(|fault| fault.what)
}

#[test]
fn one_line_end_is_taken_off() {
    assert_eq!(value(b"word"), Ok("word".into()));
    assert_eq!(value(b"word\n"), Ok("word".into()));
    assert_eq!(value(b"word\r\n"), Ok("word".into()));
    assert_eq!(value(b"word\n\n"), Ok("word\n".into()), "only one");
    assert_eq!(value(b" word \n"), Ok(" word ".into()), "spaces may be meant");
    assert_eq!(value(b"two\nlines\n"), Ok("two\nlines".into()));
}

#[test]
fn a_file_has_a_largest_size() {
    let most = vec![b'x'; usize::try_from(FILE_BYTES_MAX).unwrap()];
    assert_eq!(value(&most).map(|value| value.len()), Ok(65_536));
    let more = vec![b'x'; usize::try_from(FILE_BYTES_MAX).unwrap() + 1];
    assert_eq!(value(&more), Err("the file is larger than 65536 bytes".into()));
}

#[test]
fn what_is_no_text_in_a_file_is_refused() {
    assert_eq!(value(b""), Err("the value is empty".into()));
    assert_eq!(value(b"\n"), Err("the value is empty".into()));
    assert!(value(b"\xff\xfe").is_err());
    let directory = TempDir::new().unwrap();
    let fault = read(directory.path()).unwrap_err();
    assert_eq!(fault.what, "that is not a regular file");
    let fault = read(&directory.path().join("absent")).unwrap_err();
    assert!(fault.what.starts_with("the file cannot be read: "), "{fault}");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    assert_eq!(read(&path).unwrap_err().what, "that is not a regular file");
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_everybody_can_read_is_told_of() {
    let (_directory, path) = place(b"word");
    for (mode, is_told) in [(0o400, false), (0o440, false), (0o640, false), (0o444, true), (0o604, true)] {
        allow(&path, mode);
        let (_, warning) = file(&path).await.unwrap();
        assert_eq!(warning.is_some(), is_told, "{mode:o}");
    }
    let told = file(&path).await.unwrap().1.unwrap().to_string();
    assert!(told.contains(&*path.to_string_lossy()) && told.contains("0400"), "{told}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_mounted_secret_is_found_through_its_links() {
    // as Kubernetes mounts it: the name leads to a directory that is replaced as a whole
    let directory = TempDir::new().unwrap();
    fs::create_dir(directory.path().join("..1")).unwrap();
    fs::write(directory.path().join("..1/password"), "word\n").unwrap();
    std::os::unix::fs::symlink("..1", directory.path().join("..data")).unwrap();
    std::os::unix::fs::symlink("..data/password", directory.path().join("password")).unwrap();
    let (secret, _) = file(&directory.path().join("password")).await.unwrap();
    assert_eq!(secret.expose(), "word");
}

#[test]
fn a_variable_must_be_there_and_say_something() {
    let environment = Environment::new(|name| match name {
        "SET" => Some("word".to_owned()),
        "EMPTY" => Some(String::new()),
        _ => None,
    });
    assert_eq!(variable(&environment, "SET").unwrap().expose(), "word");
    assert_eq!(variable(&environment, "EMPTY").unwrap_err().what, "the value is empty");
    assert_eq!(variable(&environment, "ABSENT").unwrap_err().what, "the variable is not set");
    let process = Environment::default();
    assert_eq!(process.get("PATH").unwrap().expose(), std::env::var("PATH").unwrap());
}
