use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::input::Counted;

/// A zstd file: any number of frames, whose checksums are compared. A frame whose window is larger than 100 MB is
/// refused by the decoder, so memory is bounded whatever the file says.
pub(crate) struct Zstd {
    source: BufReader<Counted<File>>,
    decoder: FrameDecoder,
    /// Between frames.
    is_idle: bool,
}

impl Zstd {
    pub(crate) fn new(file: Counted<File>) -> Self {
        Self { source: BufReader::new(file), decoder: FrameDecoder::new(), is_idle: true }
    }

    pub(crate) fn position(&self) -> u64 {
        self.source.get_ref().bytes()
    }

    /// False at the end of the file.
    fn begin_frame(&mut self) -> io::Result<bool> {
        if self.source.fill_buf()?.is_empty() {
            return Ok(false);
        }
        self.decoder.init(&mut self.source).map_err(io::Error::other)?;
        self.is_idle = false;
        Ok(true)
    }

    fn end_frame(&mut self) -> io::Result<()> {
        self.is_idle = true;
        match (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum()) {
            (Some(said), Some(found)) if said != found => {
                Err(io::Error::other("the checksum of a frame differs from its data"))
            }
            _ => Ok(()),
        }
    }
}

impl Read for Zstd {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.is_idle && !self.begin_frame()? {
                return Ok(0);
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                self.decoder
                    .decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1))
                    .map_err(io::Error::other)?;
            }
            let read = self.decoder.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            self.end_frame()?;
        }
    }
}
