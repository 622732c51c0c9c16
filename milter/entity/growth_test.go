package entity

import (
	"encoding/base64"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"
)

// traps are messages on which a careless reader takes time that grows with the
// square of their size.
var traps = []struct {
	name string
	make func(n int) string
}{
	// Each level looks for the boundaries of all around it: Limits.Depth bounds that.
	{"nested multiparts", func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
		}
		return b.String()
	}},
	{"parts", func(n int) string { return mixed + strings.Repeat("--b\n\nx\n", n) + "--b--\n" }},
	{"empty parts", func(n int) string { return mixed + strings.Repeat("--b\n", n) }},
	{"closing boundaries", func(n int) string { return mixed + strings.Repeat("--b--\n", n) }},
	{"near boundaries", func(n int) string { return mixed + "--b\n\n" + strings.Repeat("--bx\n", n) }},
	{"dashes", func(n int) string { return mixed + "--b\n\n" + strings.Repeat("-", 10*n) }},
	{"lines of dashes", func(n int) string { return mixed + "--b\n\n" + strings.Repeat("--\n", n) }},
	{"boundaries without end", func(n int) string { return mixed + "--b\n\n--b" + strings.Repeat(" ", 10*n) }},
	{"part fields", func(n int) string { return mixed + "--b\n" + strings.Repeat("A: b\n", n) + "\nx\n" }},
	{"part folds", func(n int) string { return mixed + "--b\nA: b\n" + strings.Repeat(" c\n", n) + "\nx\n" }},
	{"part types", func(n int) string { return mixed + "--b\n" + strings.Repeat("Content-Type: text/plain\n", n) + "\nx\n" }},
	{"part types that differ", func(n int) string {
		return mixed + "--b\nContent-Type: text/plain" + strings.Repeat("; a=b", n) + "\n" + strings.Repeat("Content-Type: text/plain; c\n", n) + "\nx\n"
	}},
	{"boundaries behind a bare CR", func(n int) string { return mixed + "--b\n\n" + strings.Repeat("\r--b", n) }},
	{"boundaries behind the end", func(n int) string { return mixed + "--b--\n" + strings.Repeat("--b\n", n) }},
	{"forms", func(n int) string {
		return "Content-Type: multipart/alternative; boundary=b\n\n" + strings.Repeat("--b\nContent-Type: text/html\n\nHello\n", n)
	}},
	{"fields", func(n int) string { return strings.Repeat("A: b\n", n) + "\nx\n" }},
	{"folds", func(n int) string { return "A: b\n" + strings.Repeat(" c\n", n) + "\nx\n" }},
	{"parameters", func(n int) string { return "Content-Type: text/plain" + strings.Repeat("; a=b", n) + "\n\nx\n" }},
	{"continued parameters", func(n int) string {
		var b strings.Builder
		b.WriteString("Content-Type: text/plain")
		for i := range n {
			fmt.Fprintf(&b, "; name*%d*=%%41", i)
		}
		return b.String() + "\n\nx\n"
	}},
	{"quotes", func(n int) string { return "Content-Type: text/plain; a=\"" + strings.Repeat("\\\"", n) + "\n\nx\n" }},
	{"comments", func(n int) string { return "Content-Type: text/plain " + strings.Repeat("(", n) + "\n\nx\n" }},
	{"encoded words", func(n int) string { return "Subject: " + strings.Repeat("=?utf-8?q?a?= ", n) + "\n\nx\n" }},
	{"encoded words without end", func(n int) string { return "Subject: " + strings.Repeat("=?utf-8?q?a", n) + "\n\nx\n" }},
	{"one line", func(n int) string { return "\n" + strings.Repeat("word ", n) }},
	{"quoted-printable", func(n int) string {
		return "Content-Transfer-Encoding: quoted-printable\n\n" + strings.Repeat("=41=\n", n)
	}},
	{"quoted-printable blanks", func(n int) string {
		return "Content-Transfer-Encoding: quoted-printable\n\n" + strings.Repeat(" ", 5*n) + "x\n"
	}},
	{"base64", func(n int) string {
		return "Content-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("word\n", n))) + "\n"
	}},
	{"base64 of one letter a line", func(n int) string { return "Content-Transfer-Encoding: base64\n\n" + strings.Repeat("Q\n", 4*n) }},
	{"ISO-2022-JP escapes", func(n int) string {
		return "Content-Type: text/plain; charset=iso-2022-jp\n\n" + strings.Repeat("\x1b$B\x1b(B", n) + "x\n"
	}},
	{"ISO-2022-JP without a label", func(n int) string { return "\n" + strings.Repeat("\x1b$B\x1b(B", n) + "x\n" }},
	{"ISO-2022-KR without a label", func(n int) string { return "\n\x1b$)C" + strings.Repeat("\x0e8q\x0f", n) + "x\n" }},
	{"shifts without end", func(n int) string { return "\n\x1b$)C" + strings.Repeat("\x0e8q", n) }},
	{"escapes", func(n int) string { return "\n" + strings.Repeat("\x1b[", n) }},
	{"HZ without a label", func(n int) string { return "\n" + strings.Repeat("~{PGFZ~}", n) }},
	{"tilde braces", func(n int) string { return "\n" + strings.Repeat("~{", n) }},
	{"HZ without end", func(n int) string { return "\n~{" + strings.Repeat("PG", n) }},
	{"UTF-7 without a label", func(n int) string { return "\n" + strings.Repeat("+ZeVnLA- ", n) }},
	{"plus signs", func(n int) string { return "\n" + strings.Repeat("+-", n) }},
	{"texts with names", func(n int) string {
		return mixed + strings.Repeat("--b\nContent-Type: text/plain; name=a.txt\n\nx\n", n) + "--b--\n"
	}},
	{"texts with names of letters", func(n int) string {
		return mixed + strings.Repeat("--b\nContent-Type: text/html; name=body.html\n\nx\n", n) + "--b--\n"
	}},
	{"blank texts of two types", func(n int) string {
		return mixed + strings.Repeat("--b\n\n\n--b\nContent-Type: text/html\n\n\n", n) + "--b--\n"
	}},
	{"GB18030", func(n int) string {
		return "Content-Type: text/plain; charset=gb18030\n\n" + strings.Repeat("\x81\x30\x81\x30", n) + "x\n"
	}},
	{"bytes of no charset", func(n int) string { return "Content-Type: text/plain; charset=utf-8\n\n" + strings.Repeat("\xff", 5*n) }},
}

const mixed = "Content-Type: multipart/mixed; boundary=b\n\n"

// BenchmarkGrowth reads each trap in eight small pieces and in one eight times as
// large. The metric growth is the ratio of the CPU times: about 1 when the time
// grows with the size, 8 when with its square.
func BenchmarkGrowth(b *testing.B) {
	const n, times = 2000, 8
	for _, trap := range traps {
		b.Run(strings.ReplaceAll(trap.name, " ", "-"), func(b *testing.B) {
			small, large := trap.make(n), trap.make(n*times)
			var pieces, whole time.Duration
			for b.Loop() {
				pieces += cpuOf(func() {
					for range times {
						readAll(small)
					}
				})
				whole += cpuOf(func() { readAll(large) })
			}
			b.ReportMetric(float64(whole)/float64(pieces), "growth")
			b.ReportMetric(float64(whole.Microseconds())/float64(b.N)/n/times, "us/item")
		})
	}
}

// readAll does with a message what signing does before any text is looked at, with
// limits that stop nothing, and opens each leaf.
func readAll(message string) {
	head, n := ParseHeader([]byte(message))
	head.Text("Subject")
	s := NewScanner(head, Limits{Parts: 1 << 30, Depth: 1 << 30, HeaderBytes: 1 << 30, Fields: 1 << 30})
	body := message[n:]
	for at := 0; at < len(body); at += 64 << 10 {
		s.Write([]byte(body[at:min(len(body), at+64<<10)]))
	}
	root, err := s.Finish()
	if err != nil {
		panic(err)
	}
	Bodies(root)
	Ambiguous(root)
	Bare(root, func(*Part) bool { return false })
	root.Walk(func(p *Part) bool {
		if !p.IsMultipart() {
			if l, err := Open(p, []byte(body[p.BodyStart:p.BodyEnd])); err == nil {
				_, _, _ = l.Apply([]Edit{{Start: 0, End: 0, New: "x\n"}})
			}
		}
		return true
	})
}

// cpuOf is the CPU time a function takes, with what the collector does meanwhile.
func cpuOf(f func()) time.Duration {
	now := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			panic(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	began := now()
	f()
	return now() - began
}
