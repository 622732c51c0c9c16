package main_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sigmilter/cmd/internal/lab"
	"sigmilter/milter/miltertest"
)

// BenchmarkDaemon runs the real daemon on a large organisation: the first import from CSV,
// a restart to its first signed message, memory after mail of thousands of authors, a
// change of a second file on its way into mail, and one row another and then every row of
// the large file changed. The figures are in sigstore/README.md. Run it once: -bench Daemon
// -benchtime 1x.
func BenchmarkDaemon(b *testing.B) {
	for _, people := range []int{100_000, 1_000_000} {
		b.Run(strconv.Itoa(people), func(b *testing.B) {
			for b.Loop() {
				daemonOfMany(b, people)
			}
		})
	}
}

func daemonOfMany(b *testing.B, people int) {
	dir := b.TempDir()
	binary := filepath.Join(dir, "sigmilter")
	if err := lab.Build(context.Background(), binary); err != nil {
		b.Fatal(err)
	}
	s := newLargeSite(b, dir, people)

	first := s.start(b, binary)
	s.await(b, 0, "First Last0000000") // deferred while people are read for the first time
	b.ReportMetric(time.Since(first.began).Seconds(), "s-import")
	b.ReportMetric(first.memory(b, "VmHWM"), "MB-peak-import")
	first.stop(b)

	d := s.start(b, binary)
	s.signed(b, people/2, "none")
	b.ReportMetric(time.Since(d.began).Seconds(), "s-restart-to-signed")
	for n := range 3000 {
		s.signed(b, n*(people/3000), "")
	}
	began := time.Now()
	s.writeRooms(b, "B 12")
	for !strings.Contains(s.send(b, 1), "B 12") {
		if time.Since(began) > time.Minute {
			b.Fatal("a change does not get into mail")
		}
	}
	b.ReportMetric(time.Since(began).Seconds(), "s-change-to-mail")
	b.ReportMetric(d.memory(b, "VmRSS"), "MB-rss")
	b.ReportMetric(d.memory(b, "RssAnon"), "MB-rss-anon")
	for _, change := range []struct {
		what  string
		title func(n int) string
	}{
		{"one-row", oneHead("one-row", people/2)},
		{"next-row", oneHead("next-row", people/2)}, // when the file was read whole since the start
		{"all-rows", func(int) string { return "Head of all-rows" }},
	} {
		s.writePeople(b, people, change.title)
		d.forgetPeak(b)
		began := time.Now()
		s.await(b, people/2, "Head of "+change.what)
		b.ReportMetric(time.Since(began).Seconds(), "s-"+change.what)
		b.ReportMetric(d.memory(b, "VmHWM"), "MB-peak-"+change.what)
	}
	d.stop(b)
}

// largeSite is an organisation in two files: everybody, and rooms of a hundred.
type largeSite struct{ dir, config, socket string }

func newLargeSite(b *testing.B, dir string, people int) largeSite {
	s := largeSite{dir, filepath.Join(dir, "sigmilter.toml"), filepath.Join(dir, "milter.sock")}
	s.writePeople(b, people, engineer)
	s.writeRooms(b, "none")
	for name, text := range map[string]string{
		"corporate.html": "<p><b>{{.displayName}}</b><br>\n{{.jobTitle}}<br>\n{{.businessPhones}}<br>\nRoom: {{.room | default \"none\"}}</p>\n",
		"sigmilter.toml": `listen = "unix:milter.sock"
state = "state.db"
[tenant.contoso]
domains = ["contoso.com"]
[[tenant.contoso.directory]]
path = "people.csv"
[[tenant.contoso.directory]]
name = "rooms"
path = "rooms.csv"
[template.corporate]
html = "corporate.html"
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return s
}

func engineer(int) string { return "Senior Application Engineer" }

// oneHead makes one person head of something.
func oneHead(of string, person int) func(n int) string {
	return func(n int) string {
		if n == person {
			return "Head of " + of
		}
		return engineer(n)
	}
}

// writePeople puts a file of everybody in the place of the one there is.
func (s largeSite) writePeople(b *testing.B, people int, title func(n int) string) {
	f, err := os.Create(filepath.Join(s.dir, "people.new"))
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "mail,displayName,givenName,surname,jobTitle,department,companyName,businessPhones,streetAddress,city,proxyAddresses")
	for n := range people {
		fmt.Fprintf(w, "%s,First Last%07d,First,Last%07d,%s,Research & Development,Contoso Ltd.,+49 30 5550 %d,Musterstraße 12,Berlin,smtp:f%07d@contoso.com\n",
			author(n), n, n, title(n), n, n)
	}
	old := time.Now().Add(-time.Hour)
	for _, err := range []error{w.Flush(), f.Close(), os.Chtimes(f.Name(), old, old), os.Rename(f.Name(), filepath.Join(s.dir, "people.csv"))} {
		if err != nil {
			b.Fatal(err)
		}
	}
}

func author(n int) string { return fmt.Sprintf("first.last%07d@contoso.com", n) }

func (s largeSite) writeRooms(b *testing.B, room string) {
	text := "mail,room\n"
	for n := range 100 {
		text += author(n) + "," + room + "\n"
	}
	if err := os.WriteFile(filepath.Join(s.dir, "rooms.csv"), []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
}

func (s largeSite) send(b *testing.B, n int) string {
	mta, err := miltertest.Dial("unix", s.socket)
	if err != nil {
		b.Fatal(err)
	}
	defer mta.Close()
	raw := "From: " + author(n) + "\r\nTo: ben@example.net\r\nSubject: Hello\r\n\r\nHello\r\n"
	result, err := mta.Send(miltertest.Envelope{Sender: author(n), Recipients: []string{"ben@example.net"}}, []byte(raw))
	if err != nil {
		b.Fatal(err)
	}
	return string(result.Raw)
}

// await sends mail until a text is in it.
func (s largeSite) await(b *testing.B, n int, text string) {
	began := time.Now()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !strings.Contains(s.send(b, n), text) {
		if <-tick.C; time.Since(began) > 15*time.Minute {
			b.Fatalf("%q does not get into mail", text)
		}
	}
}

func (s largeSite) signed(b *testing.B, n int, room string) {
	if out := s.send(b, n); !strings.Contains(out, fmt.Sprintf("First Last%07d", n)) || !strings.Contains(out, "Room: "+room) {
		b.Fatalf("not signed:\n%s", out)
	}
}

// largeDaemon is a daemon that may take minutes to start.
type largeDaemon struct {
	cmd   *exec.Cmd
	began time.Time
}

func (s largeSite) start(b *testing.B, binary string) largeDaemon {
	d := largeDaemon{exec.Command(binary, "serve", "-c", s.config), time.Now()}
	if err := d.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { d.cmd.Process.Kill() }) // an error: it has ended
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		conn, err := net.Dial("unix", s.socket)
		if err == nil {
			conn.Close()
			break
		}
		if time.Since(d.began) > 10*time.Minute {
			b.Fatal("it does not start")
		}
	}
	return d
}

func (d largeDaemon) stop(b *testing.B) {
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.Fatal(err)
	}
	if err := d.cmd.Wait(); err != nil {
		b.Fatal(err)
	}
}

// forgetPeak has VmHWM begin anew, proc(5) clear_refs.
func (d largeDaemon) forgetPeak(b *testing.B) {
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", d.cmd.Process.Pid), []byte("5"), 0); err != nil {
		b.Fatal(err)
	}
}

// memory is a row of the kernel's account of the process, in MB.
func (d largeDaemon) memory(b *testing.B, row string) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", d.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, row+":"); ok {
			kB, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")))
			if err != nil {
				b.Fatal(err)
			}
			return float64(kB) / 1000
		}
	}
	b.Fatalf("no %s", row)
	return 0
}
