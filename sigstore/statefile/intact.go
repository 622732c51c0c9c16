package statefile

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"os"
	"syscall"
)

// Where bbolt's meta data is in its page, and where its checksum is in that.
const (
	metaOffset  = 16
	metaSize    = 64
	sumOffset   = metaSize - 8
	metaPages   = 2
	metaMagic   = 0xED0CDAED
	damagedFile = "the file was overwritten or cut short while it was open"
)

// intact looks at the file before bbolt writes to it.
//
// QUIRK: bbolt begins a transaction with its locks held and panics when neither of
// the two meta pages is valid any more, so that the locks are never given back: each
// later transaction, and with it a message at its end, would wait for ever.
func (f *File) intact() error {
	if f.file == nil {
		return nil
	}
	info, err := f.file.Stat()
	if err != nil {
		return err
	}
	if info.Size() < f.least {
		return fmt.Errorf("%w: %s", errFault, damagedFile)
	}
	var b [metaSize]byte
	for page := range int64(metaPages) {
		if _, err := f.file.ReadAt(b[:], page*int64(f.pageSize)+metaOffset); err == nil && validMeta(b[:]) {
			return nil
		}
	}
	return fmt.Errorf("%w: %s", errFault, damagedFile)
}

func validMeta(b []byte) bool {
	h := fnv.New64a()
	h.Write(b[:sumOffset])
	return binary.NativeEndian.Uint32(b) == metaMagic && binary.NativeEndian.Uint64(b[sumOffset:]) == h.Sum64()
}

// closeFile closes the file. Of one that was found damaged only the file is given
// free: bbolt may hold its locks for ever.
func (f *File) closeFile() error {
	if f.isDamaged() && f.file != nil {
		return syscall.Flock(int(f.file.Fd()), syscall.LOCK_UN) // closing would not: its pages are mapped
	}
	f.readers.close()
	return f.db.Close()
}

// sizeOf is the file's size, 0 when it is not known.
func sizeOf(file *os.File) int64 {
	if info, err := file.Stat(); err == nil {
		return info.Size()
	}
	return 0
}
