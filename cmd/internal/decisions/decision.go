// Package decisions keeps, for some days, what was decided on each message, so that
// "why was yesterday's mail to ben@ not signed?" has an answer. It holds no text and no
// subject.
//
// A [Recorder] takes decisions without ever waiting and writes them behind the mail. What
// is written is a folder of files, see file.go, which [Find], [Follow] and [Count] read
// without asking anybody: they work while no daemon runs.
package decisions

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// Decision is what was done with one message, and why.
type Decision struct {
	Time      time.Time `json:"time"`
	Queue     string    `json:"queue,omitempty"`     // the MTA's id
	MessageID string    `json:"messageId,omitempty"` // see [HashMessageID]
	Tenant    string    `json:"tenant,omitempty"`
	Author    string    `json:"author,omitempty"`
	Domains   []string  `json:"domains"` // of the recipients, each once
	Action    string    `json:"action"`
	Reason    string    `json:"reason"`
	Rule      string    `json:"rule,omitempty"`
	Blocks    string    `json:"blocks,omitempty"`  // as "signature:corporate@1f2e3d4c", the templates with their versions
	Missing   string    `json:"missing,omitempty"` // what a proof of the tenant lacked
	Micros    int64     `json:"micros"`            // time in the engine
}

// hashBytes is how much of the hash of a Message-ID is kept.
const hashBytes = 8

// HashMessageID is what is kept of a Message-ID field: 16 hexadecimal digits, and
// nothing of an empty one. Angle brackets and blanks around do not count.
func HashMessageID(field string) string {
	id := strings.Trim(strings.TrimSpace(field), "<>")
	if id == "" {
		return ""
	}
	var room [256]byte // without it a Message-ID is copied to the heap
	sum := sha256.Sum256(append(room[:0], id...))
	return hex.EncodeToString(sum[:hashBytes])
}

// maxDomains bounds the domains of the recipients that are kept. The last one kept of
// more is [MoreDomains].
const maxDomains = 8

// MoreDomains stands for the domains that are not kept.
const MoreDomains = "..."

// DomainsOf are the domains of some recipients, each once, in lower case and in order.
func DomainsOf(recipients []string) []string {
	if len(recipients) == 0 {
		return nil
	}
	domains := make([]string, 0, min(len(recipients), maxDomains+1))
	for _, r := range recipients {
		domain := strings.ToLower(r[strings.LastIndexByte(r, '@')+1:])
		if slices.Contains(domains, domain) {
			continue
		}
		if len(domains) == maxDomains {
			domains = append(domains, MoreDomains)
			break
		}
		domains = append(domains, domain)
	}
	return domains
}
