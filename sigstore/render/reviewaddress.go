package render

import (
	"net/url"
	"path"
	"regexp"
	"strings"

	"golang.org/x/net/html/atom"
)

// control are actions that put nothing out themselves.
var control = regexp.MustCompile(`^\{\{-?[\s\x{E004}]*(?:if|else|end|with|range|break|continue|/\*|\$\w*[\s\x{E004}]*:?=)`)

// literal is an address as it is for everybody, and false when it begins with what is
// another for each person.
func literal(address string) (string, bool) {
	for {
		address = strings.TrimSpace(address)
		at := actions.FindStringIndex(address)
		if at == nil || at[0] > 0 {
			return address, true
		}
		if !control.MatchString(address) {
			return "", false
		}
		address = address[at[1]:]
	}
}

var schemePattern = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+-]+):`)

// schemeOf is in lower case, and empty for an address without one.
func schemeOf(address string) string {
	if m := schemePattern.FindStringSubmatch(address); m != nil {
		return strings.ToLower(m[1])
	}
	return ""
}

// onMachine reports whether an address is a file of one machine or network.
func onMachine(address string) bool {
	if schemeOf(address) == "file" || strings.HasPrefix(address, `\\`) {
		return true
	}
	return len(address) > 2 && address[1] == ':' && (address[2] == '\\' || address[2] == '/')
}

var allowedData = regexp.MustCompile(`(?i)^data:image/(?:png|jpeg|gif);base64,`)

func (r *review) picture(address string) {
	plain, known := literal(address)
	if !known {
		return
	}
	scheme, name := schemeOf(plain), asWritten(plain)
	if plain == "" {
		r.add("a picture has no address; write cid:NAME for a file beside the template, or take it out")
		return
	}
	if scheme == "cid" || scheme == "https" {
		return
	}
	if scheme == "http" {
		r.add("picture %s comes over http, which clients block; use https or put it beside the template (cid:)", name)
		return
	}
	if allowedData.MatchString(plain) {
		r.add("picture %s is part of the HTML, which Outlook and Gmail do not show; put it beside the template (cid:)", name)
		return
	}
	if scheme == "data" {
		r.add("picture %s is of a kind that mail clients do not show; put a PNG, JPEG or GIF beside the template (cid:)", name)
		return
	}
	if strings.HasPrefix(plain, "//") {
		r.add("picture %s has no scheme; write https:%s", name, name)
		return
	}
	if onMachine(plain) {
		r.add("picture %s is on one machine, and nobody else sees it; put it beside the template and write cid:%s", name, fileOf(plain))
		return
	}
	if scheme != "" {
		r.add("picture %s is seen by nobody; put it beside the template and write cid:NAME", name)
		return
	}
	if strings.Contains(plain, "/") {
		r.add("picture %s is in a folder that mail does not have; put it beside the template and write cid:%s, or use sigmilter import", name, fileOf(plain))
		return
	}
	r.add("picture %s is a file that mail does not have; put it beside the template and write cid:%s", name, fileOf(plain))
}

// fileOf is the name of the file that an address ends in.
func fileOf(address string) string {
	address = strings.ReplaceAll(address, `\`, "/")
	if plain, err := url.PathUnescape(address); err == nil {
		address = plain
	}
	return asWritten(path.Base(address))
}

var (
	phoneNumber = regexp.MustCompile(`^\+?[0-9][0-9 ()/.-]{4,}$`)
	hostName    = regexp.MustCompile(`(?i)^(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[:/?#]|$)`)
	pageName    = regexp.MustCompile(`(?i)^[^/]+\.(?:html?|php|aspx?|pdf)$`)
	scripts     = map[string]bool{"javascript": true, "vbscript": true, "data": true}
)

func (r *review) link(element atom.Atom, address string) {
	plain, known := literal(address)
	isLink := element == atom.A || element == atom.Area
	if !known || !isLink {
		return
	}
	scheme, name := schemeOf(plain), asWritten(plain)
	host, _, _ := strings.Cut(plain, "/")
	if onMachine(plain) {
		r.add("link %s leads to a file on one machine; write an address that begins with https://", name)
		return
	}
	if scripts[scheme] {
		r.add("mail clients remove the link %s; write an address that begins with https://", name)
		return
	}
	if scheme != "" {
		return
	}
	if plain == "" || strings.HasPrefix(plain, "#") {
		r.add("link %q leads nowhere; write an address that begins with https://, or take the link out", name)
		return
	}
	if strings.Contains(host, "@") {
		r.add("link %s has no scheme; write mailto:%s", name, name)
		return
	}
	if phoneNumber.MatchString(plain) {
		r.add("link %s has no scheme; write tel: before it", name)
		return
	}
	if strings.HasPrefix(plain, "//") {
		r.add("link %s has no scheme; write https:%s", name, name)
		return
	}
	if hostName.MatchString(plain) && !pageName.MatchString(plain) {
		r.add("link %s has no scheme; write https://%s", name, name)
		return
	}
	r.add("link %s leads nowhere in mail; write the whole address, from https:// on", name)
}
