use std::io::Write;
use std::path::Path;

use proptest::prelude::*;

use super::{LINE_BYTES_MAX, LineReader};
use crate::SourceErrorKind;

fn written(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

type Read = Vec<Result<(u64, Vec<u8>), (Option<u64>, SourceErrorKind)>>;

fn read_all(path: &Path) -> Read {
    let mut reader = LineReader::open(path).unwrap();
    let mut read = Vec::new();
    while let Some(line) = reader.next() {
        read.push(match line {
            Ok(line) => Ok((line.number, line.bytes.to_vec())),
            Err(error) => Err((error.line, error.kind)),
        });
        assert!(reader.buffer.len() <= 2 * LINE_BYTES_MAX, "memory is bounded");
    }
    read
}

#[test]
fn line_ends_of_both_kinds_and_a_last_line_without() {
    let file = written(b"one\r\n\ntwo\nthree");
    let expected: Read =
        [(1, "one"), (2, ""), (3, "two"), (4, "three")].map(|(n, text)| Ok((n, text.into()))).into();
    assert_eq!(read_all(file.path()), expected);
}

#[test]
fn a_line_of_the_limit_passes_and_a_longer_one_is_skipped() {
    let fits = vec![b'a'; LINE_BYTES_MAX];
    let mut text = fits.clone();
    text.extend_from_slice(b"\n");
    text.extend_from_slice(&fits);
    text.extend_from_slice(b"a\nnext\n");
    text.extend(std::iter::repeat_n(b'b', 3 * LINE_BYTES_MAX));
    text.extend_from_slice(b"\nlast\n");
    text.extend(std::iter::repeat_n(b'c', LINE_BYTES_MAX + 1));
    let long = |line| Err((Some(line), SourceErrorKind::TooLong));
    let expected: Read =
        vec![Ok((1, fits)), long(2), Ok((3, b"next".to_vec())), long(4), Ok((5, b"last".to_vec())), long(6)];
    for bytes in [text.clone(), gzip(&text)] {
        assert!(read_all(written(&bytes).path()) == expected);
    }
}

#[test]
fn gzip_is_told_by_content_and_may_have_several_parts() {
    let mut bytes = gzip(b"one\ntw");
    bytes.extend(gzip(b"o\n"));
    let file = written(&bytes);
    assert_eq!(read_all(file.path()), vec![Ok((1, b"one".to_vec())), Ok((2, b"two".to_vec()))]);
}

#[test]
fn gzip_that_ends_early_gives_its_lines_and_then_one_error() {
    let text: String = (0..20_000).map(|n| format!("line {n} {}\n", n * 7919 % 10_007)).collect();
    let whole = gzip(text.as_bytes());
    let read = read_all(written(&whole[..whole.len() / 2]).path());
    let (last, lines) = read.split_last().unwrap();
    assert!(lines.len() > 1_000 && lines.iter().all(Result::is_ok));
    let line = u64::try_from(lines.len()).unwrap();
    assert_eq!(last, &Err((Some(line), SourceErrorKind::Damaged)));
}

#[test]
fn what_cannot_be_read_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let empty = written(b"");
    let zip = written(b"PK\x03\x04rest");
    let table = [
        (folder.path().to_path_buf(), SourceErrorKind::NotAFile, "it is a folder"),
        (folder.path().join("absent"), SourceErrorKind::NotFound, "no such file"),
        (empty.path().to_path_buf(), SourceErrorKind::Empty, "empty"),
        (zip.path().to_path_buf(), SourceErrorKind::Unsupported, "unpack"),
        ("/dev/null".into(), SourceErrorKind::NotAFile, "device"),
    ];
    for (path, kind, part) in table {
        let error = LineReader::open(&path).err().unwrap();
        assert_eq!((error.kind, error.line), (kind, None));
        assert!(error.to_string().contains(part), "{error}");
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    }
}

/// What `zstd --check` makes of `alpha`, and of `beta` and `gamma`, each with a line end.
const ZSTD_ALPHA: [u8; 19] = [
    0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x06, 0x31, 0x00, 0x00, 0x61, 0x6c, 0x70, 0x68, 0x61, 0x0a, 0x52, 0xc0,
    0x77, 0x40,
];
const ZSTD_BETA_GAMMA: [u8; 24] = [
    0x28, 0xb5, 0x2f, 0xfd, 0x24, 0x0b, 0x59, 0x00, 0x00, 0x62, 0x65, 0x74, 0x61, 0x0a, 0x67, 0x61, 0x6d,
    0x6d, 0x61, 0x0a, 0x49, 0xc3, 0xf6, 0xbf,
];

#[test]
fn zstd_frames_follow_one_another_and_damage_is_told() {
    let whole = [&ZSTD_ALPHA[..], &ZSTD_BETA_GAMMA[..]].concat();
    let lines = |bytes: &[u8]| read_all(written(bytes).path());
    let text: Vec<_> = lines(&whole).into_iter().map(|line| line.unwrap().1).collect();
    assert_eq!(text, [b"alpha".to_vec(), b"beta".to_vec(), b"gamma".to_vec()]);
    for cut in [whole.len() - 1, ZSTD_ALPHA.len() + 3, ZSTD_ALPHA.len() - 2] {
        let last = lines(&whole[..cut]).pop().unwrap().unwrap_err();
        assert_eq!(last.1, SourceErrorKind::Damaged, "cut at {cut}");
    }
    let mut changed = whole;
    changed[10] ^= 1;
    assert_eq!(lines(&changed).pop().unwrap().unwrap_err().1, SourceErrorKind::Damaged, "by its checksum");
}

#[test]
fn a_refusal_of_the_system_is_said_with_what_to_do() {
    let error = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
    let error = crate::SourceError::of_opening(Path::new("x"), &error);
    assert_eq!(error.kind, SourceErrorKind::Denied);
    assert_eq!(
        error.to_string(),
        "x: no permission to read it; give this user read access to the file and its folders"
    );
}

#[test]
fn progress_counts_bytes_of_the_file() {
    // Poorly compressible, so that the file is larger than what is read ahead.
    let text: String =
        (0..100_000u64).map(|n| format!("{:x}\n", n.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
    let file = written(&gzip(text.as_bytes()));
    let mut reader = LineReader::open(file.path()).unwrap();
    let (start, size) = reader.progress();
    assert_eq!(size, file.path().metadata().unwrap().len());
    assert!(start < size / 10);
    assert!(reader.next().is_some());
    assert!(reader.progress().0 < size / 2);
    while reader.next().is_some() {}
    assert_eq!(reader.progress(), (size, size));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_text_is_split_as_the_standard_library_splits_it(
        parts in prop::collection::vec("[a-z\r]{0,300}", 1..800),
        packed in any::<bool>(),
    ) {
        let text = parts.join("\n");
        prop_assume!(!text.is_empty());
        let bytes = if packed { gzip(text.as_bytes()) } else { text.clone().into_bytes() };
        let lines: Vec<_> = read_all(written(&bytes).path()).into_iter().map(|line| line.unwrap().1).collect();
        let expected =
            text.split_terminator('\n').map(|line| line.strip_suffix('\r').unwrap_or(line).as_bytes().to_vec());
        prop_assert_eq!(lines, expected.collect::<Vec<_>>());
    }
}
