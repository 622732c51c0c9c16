package csvfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/localfile"
)

// photoColumn is the column, and on the way the attribute, that names the file of
// a photo.
const photoColumn = "photo"

var photoExtensions = []string{".jpg", ".jpeg", ".png", ".gif"}

// photoFiles finds the photos of people in files. Nothing outside of the two
// folders is read, whatever a CSV file or a link in them says.
type photoFiles struct {
	beside    *os.Root          // the folder of the CSV file
	folder    *os.Root          // of photos named by address, or nil
	byAddress map[string]string // file names in it
}

func openPhotoFiles(csv, folder string) (*photoFiles, error) {
	beside, err := os.OpenRoot(filepath.Dir(csv))
	if err != nil {
		return nil, err
	}
	f := &photoFiles{beside: beside}
	if folder == "" {
		return f, nil
	}
	f.folder, err = os.OpenRoot(folder)
	if err == nil {
		err = f.list()
	}
	if err != nil {
		f.close()
		return nil, fmt.Errorf("photos: %w", localfile.Explained(folder, err))
	}
	return f, nil
}

// list notes the files; of two that differ only in case or kind the first counts.
func (f *photoFiles) list() error {
	entries, err := fs.ReadDir(f.folder.FS(), ".")
	if err != nil {
		return err
	}
	f.byAddress = make(map[string]string, len(entries))
	for _, e := range entries {
		name := strings.ToLower(e.Name())
		ext := filepath.Ext(name)
		address := strings.TrimSuffix(name, ext)
		if _, taken := f.byAddress[address]; !taken && slices.Contains(photoExtensions, ext) {
			f.byAddress[address] = e.Name()
		}
	}
	return nil
}

func (f *photoFiles) close() {
	f.beside.Close()
	if f.folder != nil {
		f.folder.Close()
	}
}

// addTo gives a person the photo: the file the column names, else the one in the
// folder that has the name of an address, the primary one first. The error is a warning
// that it is left out.
func (f *photoFiles) addTo(p *directory.Person) error {
	root, name := f.beside, p.Attributes[photoColumn]
	delete(p.Attributes, photoColumn)
	if name == "" {
		root, name = f.folder, f.named(p.Addresses)
	}
	if name == "" {
		return nil
	}
	photo, err := localfile.ReadIn(root, filepath.FromSlash(name), directory.MaxPicture)
	if err == nil && len(photo) == 0 {
		err = errors.New("it is empty")
	}
	if err != nil {
		return fmt.Errorf("%s: photo %s is left out: %w", p.Address, name, localfile.WithoutPath(err))
	}
	p.Photo = photo
	return nil
}

func (f *photoFiles) named(addresses []string) string {
	for _, a := range addresses {
		if name, ok := f.byAddress[a]; ok {
			return name
		}
	}
	return ""
}
