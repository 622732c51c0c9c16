package webjson

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"sigmilter/sigstore/directory"
	"sigmilter/sigstore/directory/directorytest"
)

var _ directory.Source = Source{}

// endpoint is a personnel system with pages by path, each with an ETag of its
// contents.
type endpoint struct {
	*httptest.Server
	pages   map[string]string
	noETag  bool
	handler http.HandlerFunc // in place of the pages
	asked   []string         // path, token and If-None-Match
}

func newEndpoint(t *testing.T, pages ...string) *endpoint {
	t.Helper()
	e := &endpoint{pages: map[string]string{}}
	e.Server = httptest.NewServer(http.HandlerFunc(e.serve))
	t.Cleanup(e.Close)
	for i, page := range pages {
		e.pages[fmt.Sprintf("/%d", i+1)] = page
	}
	return e
}

func (e *endpoint) serve(w http.ResponseWriter, r *http.Request) {
	e.asked = append(e.asked, strings.TrimSpace(r.URL.Path+" "+r.Header.Get("Authorization")+" "+r.Header.Get("If-None-Match")))
	if e.handler != nil {
		e.handler(w, r)
		return
	}
	page, has := e.pages[r.URL.Path]
	if !has {
		http.NotFound(w, r)
		return
	}
	if !e.noETag {
		w.Header().Set("ETag", fmt.Sprintf(`"%d"`, len(page)))
		if r.Header.Get("If-None-Match") == w.Header().Get("ETag") {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	_, _ = w.Write([]byte(page))
}

func (e *endpoint) source() Source { return Source{URL: e.URL + "/1", Timeout: 10 * time.Second} }

func TestHTTPPeople(t *testing.T) {
	logo := directorytest.Picture(t, 2, 2)
	alice := map[string]any{
		"id": 4711, "mail": "Alice@Contoso.com", "displayname": "Alice", "businessPhones": []string{"1"}, "floor": 3, "car": true,
		"proxyAddresses": []string{"smtp:al@contoso.com"}, "memberOf": []string{"Sales"}, "city": nil,
		"onPremisesExtensionAttributes": map[string]any{"EXTENSIONATTRIBUTE3": "x"},
		"photo":                         base64.StdEncoding.EncodeToString(logo),
		"signature": map[string]any{"html": `<p><img src="cid:logo.png"></p>`, "text": "Alice",
			"images": []map[string]any{{"name": "cid:logo.png", "type": "image/jpeg", "data": base64.StdEncoding.EncodeToString(logo)}}},
	}
	page, err := json.Marshal(map[string]any{"version": map[string]any{"of": []int{1}}, "people": []map[string]any{alice, {"mail": "left@b.c", "accountEnabled": false}}, "next": "2"})
	if err != nil {
		t.Fatal(err)
	}
	e := newEndpoint(t, string(page), `{"next":null,"people":[{"userPrincipalName":"bob@contoso.com","signature":null}]}`)
	h := e.source()
	h.TokenFile = directorytest.WriteSecret(t, "t0ken\n")
	var seen []int
	batch, err := directorytest.Read(t.Context(), h, "", func(read, _ int) { seen = append(seen, read) })
	if err != nil {
		t.Fatal(err)
	}
	want := []directory.Person{{
		Address: "alice@contoso.com", Addresses: []string{"alice@contoso.com", "al@contoso.com"}, Groups: []string{"Sales"}, Key: "4711", Photo: logo,
		Attributes: map[string]string{"mail": "Alice@Contoso.com", "displayName": "Alice", "businessPhones": "1", "floor": "3", "car": "true", "extensionAttribute3": "x"},
		Ready:      &directory.Ready{HTML: `<p><img src="cid:logo.png"></p>`, Text: "Alice", Images: []directory.Image{{Name: "logo.png", Type: "image/png", Data: logo}}},
	}, {
		Address: "bob@contoso.com", Addresses: []string{"bob@contoso.com"}, Attributes: map[string]string{"userPrincipalName": "bob@contoso.com"},
	}}
	if !batch.Full || !reflect.DeepEqual(batch.People, want) || batch.Groups != nil || len(batch.Warnings) > 0 {
		t.Errorf("got  %+v\nwant %+v\nwarnings %v", batch.People, want, batch.Warnings)
	}
	if want := []string{"/1 Bearer t0ken", "/2 Bearer t0ken"}; !slices.Equal(e.asked, want) || !slices.Equal(seen, []int{1, 1, 2}) {
		t.Errorf("asked %q, progress %v", e.asked, seen)
	}
}

func TestHTTPUnchanged(t *testing.T) {
	const first, second = `{"people":[{"mail":"a@b.c"}],"next":"/2"}`, `{"people":[{"mail":"b@b.c"}]}`
	e := newEndpoint(t, first, second)
	h := e.source()
	read := func(cursor string) directorytest.Reading {
		t.Helper()
		e.asked = nil
		batch, err := directorytest.Read(t.Context(), h, cursor, nil)
		if err != nil {
			t.Fatal(err)
		}
		return batch
	}
	whole := read("")
	if same := read(whole.Cursor); same.Full || len(same.People) > 0 || same.Cursor != whole.Cursor || len(e.asked) != 2 {
		t.Errorf("unchanged: %+v after %q", same, e.asked)
	}
	e.pages["/2"] = `{"people":[{"mail":"c@b.c"} ]}`
	changed := read(whole.Cursor)
	if !changed.Full || directorytest.Addresses(changed.People) != "a@b.c c@b.c" || changed.Cursor == whole.Cursor {
		t.Errorf("a change of the second page: %+v", changed)
	}
	if same := read(changed.Cursor); same.Full {
		t.Error("the change comes again")
	}
	h.URL += "?x=1"
	if moved := read(changed.Cursor); !moved.Full {
		t.Error("another URL counts as unchanged")
	}
	e.noETag = true
	if plain := read(""); plain.Cursor != "" {
		t.Errorf("cursor %q without ETags", plain.Cursor)
	}
	if got := read(`{"usn":1}`); !got.Full {
		t.Error("the cursor of another source is taken")
	}
}

func TestHTTPBrokenEntries(t *testing.T) {
	image := func(name, data string) string {
		return `{"mail":"a@b.c","signature":{"text":"x","images":[{"name":"` + name + `","data":"` + data + `"}]}}`
	}
	dot := base64.StdEncoding.EncodeToString(directorytest.Picture(t, 2, 2))
	tests := []struct{ name, entry, people, warning string }{
		{"no object", `7`, "", "no person: it is no JSON object: json: cannot unmarshal number into Go value of type directory.Record"},
		{"no address", `{"displayName":"A"}`, "", "A: no mail address; left out"},
		{"a broken address", `{"mail":"a b@c.d"}`, "", `a b@c.d: mail "a b@c.d" is not a mail address; left out`},
		{"a broken proxy address", `{"mail":"a@b.c","proxyAddresses":["smtp:x"]}`, "a@b.c", `a@b.c: proxy address "x" is not a mail address and is not used`},
		{"proxy addresses as a table", `{"mail":"a@b.c","proxyAddresses":{"x":1}}`, "a@b.c", `a@b.c: proxyaddresses is no list of texts and is not used`},
		{"a value of another type", `{"mail":"a@b.c","city":{"name":"Bonn"}}`, "a@b.c", `a@b.c: city is neither a text nor a list of texts in UTF-8 and is not used`},
		{"not UTF-8", "{\"mail\":\"a@b.c\",\"city\":\"M\xfcnchen\"}", "a@b.c", `a@b.c: city is neither a text nor a list of texts in UTF-8 and is not used`},
		{"a signature of another type", `{"mail":"a@b.c","signature":"<p>"}`, "", "a@b.c: signature is not an object with html, text and images (data in base64); left out"},
		{"an empty signature", `{"mail":"a@b.c","signature":{"html":" "}}`, "", "a@b.c: signature has neither html nor text; left out"},
		{"a huge signature", `{"mail":"a@b.c","signature":{"html":"` + strings.Repeat("x", 1<<20+1) + `"}}`, "", "a@b.c: signature is over 1 MiB; left out"},
		{"a picture without a name", image("", dot), "a@b.c", `a@b.c: picture "" is left out: its name is no file name`},
		{"a picture that is none", image("x.svg", "AAAA"), "a@b.c", `a@b.c: picture "x.svg" is left out: it is no JPEG, PNG or GIF that can be read`},
		{"a photo that is none", `{"mail":"a@b.c","photo":"AAAA"}`, "a@b.c", `a@b.c: the photo is left out: it is no JPEG, PNG or GIF that can be read`},
		{"a photo of another type", `{"mail":"a@b.c","photo":1}`, "a@b.c", `a@b.c: the photo is left out: it is no text of base64`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEndpoint(t, `{"people":[{"mail":"z@b.c"},`+test.entry+`]}`)
			batch, err := directorytest.Read(t.Context(), e.source(), "", nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := directorytest.Addresses(batch.People); got != strings.TrimSpace("z@b.c "+test.people) {
				t.Errorf("people %s", got)
			}
			want := "entry 2 of page 1, " + test.warning
			if got := directorytest.Texts(batch.Warnings); !slices.Equal(got, []string{want}) {
				t.Errorf("warnings %q\nwant %q", got, want)
			}
		})
	}
}

func TestHTTPDuplicates(t *testing.T) {
	e := newEndpoint(t, `{"people":[{"id":"1","mail":"a@b.c"},{"mail":"x@b.c"}],"next":"2"}`,
		`{"people":[{"mail":"A@B.C"},{"id":1,"mail":"b@b.c"},{"mail":"y@b.c"}]}`)
	batch, err := directorytest.Read(t.Context(), e.source(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"a@b.c is the address of two entries, 1 and one without an id; the second is left out",
		"a@b.c and b@b.c have the same id, 1; the second is left out",
	}
	if got := directorytest.Texts(batch.Warnings); !slices.Equal(got, want) || directorytest.Addresses(batch.People) != "a@b.c x@b.c y@b.c" {
		t.Errorf("people %s, warnings %q", directorytest.Addresses(batch.People), got)
	}
}

func TestHTTPFailures(t *testing.T) {
	status := func(code int, headers ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < len(headers); i += 2 {
				w.Header().Set(headers[i], headers[i+1])
			}
			w.WriteHeader(code)
		}
	}
	body := func(s string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(s)) }
	}
	tests := []struct {
		name    string
		handler http.HandlerFunc
		change  func(*Source)
		want    string
	}{
		{"no token", status(401), nil, "the server answers 401 Unauthorized; it wants a token, name its file as token_file"},
		{"another token", status(403), func(h *Source) { h.TokenFile = directorytest.WriteSecret(t, "x") }, "the server answers 403 Forbidden; renew the token in token_file"},
		{"no such page", status(404), nil, "the server answers 404 Not Found; check the URL"},
		{"throttled", status(503, "Retry-After", "60"), nil, "the server answers 503 Service Unavailable, and to come back after 60"},
		{"not asked for", status(304), nil, "the server answers 304 Not Modified"},
		{"broken", status(500), nil, "the server answers 500 Internal Server Error"},
		{"a web page", body("<html>"), nil, "the answer is not as documented: after byte 0: invalid character '<' looking for beginning of value"},
		{"a list", body(`[{"mail":"a@b.c"}]`), nil, `the answer is not as documented: "{" is wanted at byte 1`},
		{"people as a table", body(`{"people":{}}`), nil, `the answer is not as documented: "[" is wanted at byte 11`},
		{"no people", body(`{"persons":[]}`), nil, `the answer is an object without "people"`},
		{"next of another type", body(`{"people":[],"next":7}`), nil, "the answer is not as documented: after byte 21: json: cannot unmarshal number into Go value of type string"},
		{"an end in the middle", body(`{"people":[{"mail":"a@b.c"}`), nil, "the answer is cut off"},
		{"an end in a person", body(`{"people":[{"mail":"a`), nil, "the answer is cut off"},
		{"nothing", body(""), nil, "the answer is cut off"},
		{"a cut connection", directorytest.CutOff, nil, "the answer is cut off"},
		{"too long", body(`{"people":[` + strings.Repeat(`{"mail":"a@b.c"},`, 100)), func(h *Source) { h.MaxBytes = 1000 },
			"there are more than 1000 bytes; set max_bytes higher if that is right"},
		{"its own successor", body(`{"people":[],"next":"1"}`), nil, "the page URL/1 is its own successor"},
		{"next elsewhere", body(`{"people":[],"next":"http://evil.example/"}`), nil, `next, "http://evil.example/", leads to another server and is not followed`},
		{"redirected", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://evil.example/", http.StatusFound)
		}, nil,
			"it redirects to https://evil.example, another server; if that is right, write its URL"},
		{"slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, func(h *Source) { h.Timeout = 100 * time.Millisecond },
			"no whole answer in the time set by timeout; the server or the network is slow"},
		{"slow in the middle", func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(`{"people":[`))
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, func(h *Source) { h.Timeout = 200 * time.Millisecond },
			"no whole answer in the time set by timeout; the server or the network is slow"},
		{"token for everybody", body(""), func(h *Source) {
			h.TokenFile = directorytest.WriteSecret(t, "x")
			_ = os.Chmod(h.TokenFile, 0o604)
		}, "read the token: read FILE: can be read by every user of this machine; run chmod o= on it, and renew what is in it"},
		{"not encrypted", nil, func(h *Source) { h.URL = "http://hr.contoso.com/people" }, "it is not encrypted, which is allowed only on this machine; use https"},
		{"another scheme", nil, func(h *Source) { h.URL = "ftp://hr.contoso.com/people" }, "it begins with neither https:// nor http://"},
		{"a password in the URL", nil, func(h *Source) { h.URL = "https://me:secret@hr.contoso.com/" }, "a name and a password do not belong into it"},
		{"no URL", nil, func(h *Source) { h.URL = "people" }, "it is no URL"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEndpoint(t)
			e.handler = test.handler
			h := e.source()
			h.URL += "?key=secret"
			if test.name == "its own successor" {
				h.URL = e.URL + "/1"
			}
			if test.change != nil {
				test.change(&h)
			}
			_, err := directorytest.Read(t.Context(), h, "", nil)
			if err == nil {
				t.Fatal("no error")
			}
			got := strings.ReplaceAll(err.Error(), e.URL, "URL")
			if h.TokenFile != "" {
				got = strings.ReplaceAll(got, h.TokenFile, "FILE")
			}
			_, problem, _ := strings.Cut(got, ": ")
			if problem != test.want || !strings.HasPrefix(got, "read people from ") || strings.Contains(got, "secret") {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestHTTPCertificates(t *testing.T) {
	e := &endpoint{pages: map[string]string{"/1": `{"people":[]}`}}
	e.Server = httptest.NewTLSServer(http.HandlerFunc(e.serve))
	t.Cleanup(e.Close)
	h := e.source()
	if _, err := directorytest.Read(t.Context(), h, "", nil); err == nil || !strings.Contains(err.Error(), "name its certificate as ca_file") {
		t.Errorf("an unknown CA: %v", err)
	}
	h.CAFile = filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: e.Certificate().Raw})
	if err := os.WriteFile(h.CAFile, block, 0o600); err != nil {
		t.Fatal(err)
	}
	if batch, err := directorytest.Read(t.Context(), h, "", nil); err != nil || !batch.Full {
		t.Errorf("its own CA: %v", err)
	}
}

// FuzzHTTP: whatever comes, reading ends, and no two people share an address.
func FuzzHTTP(f *testing.F) {
	f.Fuzz(func(t *testing.T, page []byte) {
		left := int64(1 << 20)
		var people directorytest.Kept
		r := &reading{left: left, seen: map[string]bool{}, people: &people, unique: directory.NewClaims(directory.KeyWords)}
		if _, err := r.decode(strings.NewReader(string(page))); err != nil {
			return
		}
		owner := map[string]string{}
		for _, p := range people.Without(r.unique.Lost) {
			if len(p.Addresses) == 0 || p.Addresses[0] != p.Address {
				t.Errorf("%q is not the first of %q", p.Address, p.Addresses)
			}
			for _, a := range p.Addresses {
				if by, taken := owner[a]; taken {
					t.Errorf("%q belongs to %q and %q", a, by, p.Address)
				}
				owner[a] = p.Address
			}
		}
	})
}
