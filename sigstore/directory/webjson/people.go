package webjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"sigmilter/sigstore/directory"
)

// decode reads the object of a page as it comes, one person at a time, and returns
// its next. Members that it does not know are skipped.
func (r *reading) decode(body io.Reader) (next string, err error) {
	in := json.NewDecoder(body)
	if err := expect(in, json.Delim('{')); err != nil {
		return "", err
	}
	listed := false
	for in.More() {
		name, err := in.Token()
		if err != nil {
			return "", jsonError(in, err)
		}
		switch name {
		case "people":
			listed = true
			err = r.decodePeople(in)
		case "next":
			var link *string
			err = in.Decode(&link)
			if err == nil && link != nil {
				next = *link
			}
		default:
			var skipped json.RawMessage
			err = in.Decode(&skipped)
		}
		if err != nil {
			return "", jsonError(in, err)
		}
	}
	if _, err := in.Token(); err != nil {
		return "", jsonError(in, err)
	}
	if !listed {
		return "", errors.New(`the answer is an object without "people"`)
	}
	return next, nil
}

func (r *reading) decodePeople(in *json.Decoder) error {
	if err := expect(in, json.Delim('[')); err != nil {
		return err
	}
	for n := 1; in.More(); n++ {
		var raw json.RawMessage
		if err := in.Decode(&raw); err != nil {
			return err
		}
		if err := r.add(raw, n); err != nil {
			return err
		}
		if r.progress != nil {
			r.progress(r.added, 0)
		}
	}
	_, err := in.Token()
	return err
}

// expect reads the delimiter that must come.
func expect(in *json.Decoder, want json.Delim) error {
	token, err := in.Token()
	if err != nil {
		return jsonError(in, err)
	}
	if token != want {
		return fmt.Errorf("the answer is not as documented: %q is wanted at byte %d", want.String(), in.InputOffset())
	}
	return nil
}

// jsonError says where an answer stops being JSON. Errors of the network stay.
func jsonError(in *json.Decoder, err error) error {
	var syntax *json.SyntaxError
	var mistyped *json.UnmarshalTypeError
	if errors.As(err, &syntax) || errors.As(err, &mistyped) {
		return fmt.Errorf("the answer is not as documented: after byte %d: %w", in.InputOffset(), err)
	}
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// add takes over the person of entry n of a page. A broken picture costs its owner the
// picture; a broken signature costs the entry, for a signature of another kind in
// its place would surprise.
func (r *reading) add(raw []byte, n int) error {
	warn := func(who, problem string) {
		r.warnings = append(r.warnings, fmt.Errorf("entry %d of page %d, %s: %s", n, len(r.pages)+1, who, problem))
	}
	rec, err := directory.ParseRecord(raw)
	if err != nil {
		warn("no person", err.Error())
		return nil
	}
	if rec.IsFalse("accountenabled") {
		return nil
	}
	p, problems := rec.Person()
	if p.Address != "" {
		var more []string
		p.Ready, more, err = readyOf(rec)
		if err != nil {
			problems = append(problems, err.Error()+"; left out")
			p.Address = ""
		}
		problems = append(problems, more...)
		p.Photo, err = photoIn(rec)
		if err != nil {
			problems = append(problems, "the photo is left out: "+err.Error())
		}
	}
	for _, problem := range problems {
		warn(rec.Label(), problem)
	}
	if p.Address == "" || !r.unique.Admit(&p, p.Key) {
		return nil
	}
	r.added++
	return r.people.Add(p)
}

func photoIn(r directory.Record) ([]byte, error) {
	if isNull(r, "photo") {
		return nil, nil
	}
	return directory.DecodePhoto(r["photo"])
}

func isNull(r directory.Record, name string) bool {
	return len(r[name]) == 0 || string(r[name]) == "null"
}

// readyOf is the ready-made signature of a record, nil without one.
func readyOf(r directory.Record) (ready *directory.Ready, problems []string, err error) {
	if isNull(r, "signature") {
		return nil, nil, nil
	}
	if err := json.Unmarshal(r["signature"], &ready); err != nil {
		return nil, nil, errors.New("signature is not an object with html, text and images (data in base64)")
	}
	if strings.TrimSpace(ready.HTML) == "" && strings.TrimSpace(ready.Text) == "" {
		return nil, nil, errors.New("signature has neither html nor text")
	}
	if len(ready.HTML) > directory.MaxReady || len(ready.Text) > directory.MaxReady {
		return nil, nil, errors.New("signature is over 1 MiB")
	}
	ready.Images, problems = usable(ready.Images)
	return ready, problems, nil
}

// usable leaves out pictures that mail programs do not show, and gives the others
// the media type that they have.
func usable(images []directory.Image) (kept []directory.Image, problems []string) {
	seen := map[string]bool{}
	for _, image := range images {
		image.Name = strings.TrimPrefix(image.Name, "cid:")
		mediaType, _, err := directory.CheckPicture(image.Data)
		if image.Name == "" || image.Name != path.Base(image.Name) {
			err = errors.New("its name is no file name")
		} else if seen[image.Name] {
			err = errors.New("there is one of that name already")
		}
		if err != nil {
			problems = append(problems, fmt.Sprintf("picture %q is left out: %v", image.Name, err))
			continue
		}
		seen[image.Name] = true
		image.Type = mediaType
		kept = append(kept, image)
	}
	return kept, problems
}
