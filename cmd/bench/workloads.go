package main

import (
	"bytes"
	"fmt"
	"os"

	"sigmilter/cmd/internal/lab"
	"sigmilter/milter/miltertest"
)

// workload is what goes through Postfix.
type workload struct {
	name     string
	mails    []mail
	messages int // in a round
	filters  []string
	base     string // the filter that the others are compared with
}

// mail is a message of a workload and over how many SMTP sessions it is sent.
type mail struct {
	name     string // of miltertest
	sessions int
}

// How many SMTP sessions there are: with large messages the disk has enough to do
// with fewer.
const (
	sessions      = 8
	largeSessions = 4
)

var (
	all      = []string{"none", "c-noop", "c-body", "go-noop", "sigmilter", "sigmilter-handled"}
	withBody = []string{"none", "c-noop", "c-body", "sigmilter"}
	overTCP  = []string{"c-noop-tcp", "sigmilter-tcp"}
	peers    = []string{"c-noop", "sigmilter", "altermime", "mimedefang"}
	through  = []string{"none", "c-noop", "sigmilter", "altermime", "altermime-script", "mimedefang"}

	workloads = []workload{
		{"text-2k", only("text-2k"), 1000, all, "c-noop"},
		{"reply-50k", only("reply-50k"), 800, all, "c-noop"},
		{"new-50k", only("new-50k"), 800, all, "c-noop"},
		{"mix", []mail{{"text-2k", 2}, {"reply-50k", 3}, {"new-50k", 1}, {"attachment-300k", 1}, {"calendar-4k", 1}}, 800, all[:5], "c-noop"},
		{"attachment-10m", []mail{{"attachment-10m", largeSessions}}, 16, withBody, "c-noop"},
		{"attachment-25m", []mail{{"attachment-25m", largeSessions}}, 8, withBody, "c-noop"},
		{"reply-50k-tcp", only("reply-50k"), 400, overTCP, "c-noop-tcp"},
	}
)

func only(name string) []mail { return []mail{{name, sessions}} }

func message(name string) []byte {
	for _, w := range miltertest.Workloads {
		if w.Name == name {
			return w.Make()
		}
	}
	panic("no workload " + name)
}

// writeMails writes each message of the workloads as a file for smtp-source, and
// one that bears the guard.
func (b *bench) writeMails() error {
	for _, w := range miltertest.Workloads {
		raw := bytes.ReplaceAll(w.Make(), []byte("\r\n"), []byte("\n"))
		if err := os.WriteFile(b.mailPath(w.Name, false), raw, 0o644); err != nil {
			return err
		}
		raw = append([]byte(lab.Guard+": Yes\n"), raw...)
		if err := os.WriteFile(b.mailPath(w.Name, true), raw, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) mailPath(name string, handled bool) string {
	return b.path(fmt.Sprintf("mail-%s-%t", name, handled))
}
