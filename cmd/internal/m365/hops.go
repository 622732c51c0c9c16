package m365

import (
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
)

// hop is one Received field.
type hop struct {
	from, by string // host names in lower case
	with     string // the whole field
	at       time.Time
}

var (
	hopFrom = regexp.MustCompile(`(?i)^from\s+([^\s;()]+)`)
	hopBy   = regexp.MustCompile(`(?i)\bby\s+([^\s;()]+)`)
)

// parseHop reads a Received field (RFC 5321 section 4.4). What it lacks stays
// empty; comments may stand after the date.
func parseHop(value string) hop {
	h := hop{with: value}
	if m := hopFrom.FindStringSubmatch(value); m != nil {
		h.from = strings.ToLower(m[1])
	}
	if m := hopBy.FindStringSubmatch(value); m != nil {
		h.by = strings.ToLower(m[1])
	}
	if i := strings.LastIndexByte(value, ';'); i >= 0 {
		if at, err := mail.ParseDate(strings.TrimSpace(value[i+1:])); err == nil {
			h.at = at
		}
	}
	return h
}

// microsoft says whether a host is one of Exchange Online's.
func microsoft(host string) bool {
	for _, domain := range []string{"outlook.com", "office.com", "office365.com", "outlook.office365.us", "partner.outlook.cn"} {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return false
}

// relayHop is where the relay took the message: the hop of its name, else the
// first one that is not Microsoft's with Microsoft's before and after it. The
// hops begin with the latest.
func relayHop(hops []hop, relays []string) int {
	for i, h := range hops {
		if slices.Contains(relays, h.by) {
			return i
		}
	}
	after := false
	for i, h := range hops {
		if microsoft(h.by) {
			after = true
		} else if after && h.by != "" && microsoft(h.from) {
			return i
		}
	}
	return -1
}

// around are the times at which Microsoft 365 had the message before and after
// the relay; ok is false when either is missing.
func (r *returned) around() (before, after time.Time, ok bool) {
	if r.relay < 0 {
		return before, after, false
	}
	for i := r.relay - 1; i >= 0; i-- {
		if microsoft(r.hops[i].by) {
			after = r.hops[i].at
			break
		}
	}
	for i := r.relay + 1; i < len(r.hops); i++ {
		if microsoft(r.hops[i].by) {
			before = r.hops[i].at
			break
		}
	}
	return before, after, !before.IsZero() && !after.IsZero()
}
