package mta

import (
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sigmilter/cmd/internal/mta/greet"
)

// PostfixNames are the settings that [ReadPostfix] wants from postconf -x.
var PostfixNames = []string{
	"compatibility_level", "config_directory", "content_filter", "header_size_limit",
	"internal_mail_filter_classes", "mail_owner", "message_size_limit", "milter_default_action",
	"mailbox_size_limit", "milter_command_timeout", "milter_connect_timeout", "milter_content_timeout", "milter_protocol", "non_smtpd_milters",
	"queue_directory", "receive_override_options", "relayhost",
	"default_transport", "sender_dependent_default_transport_maps", "sender_dependent_relayhost_maps", "transport_maps",
	"smtp_tls_cert_file", "smtp_tls_chain_files", "smtp_tls_security_level",
	"smtp_tls_mandatory_protocols", "smtp_tls_protocols",
	"smtpd_milters", "smtpd_timeout", "smtpd_tls_CAfile", "smtpd_tls_CApath", "smtpd_tls_ask_ccert", "smtpd_tls_req_ccert",
	"smtpd_tls_cert_file", "smtpd_tls_chain_files", "smtpd_tls_security_level",
	"smtpd_tls_mandatory_protocols", "smtpd_tls_protocols", "tls_append_default_CA",
}

// Postfix is a configuration of Postfix, as postconf tells it.
type Postfix struct {
	Settings map[string]string
	Services []Service // those that run smtpd
}

// Service is a line of master.cf that runs smtpd.
type Service struct {
	Name   string // such as smtp/inet
	Chroot bool
	own    map[string]string // settings of its -o
}

// ReadPostfix reads what postconf printed: of the settings in [PostfixNames], of
// the fields chroot and command of all services (-F) and of their -o (-P).
func ReadPostfix(settings, fields, overrides string) *Postfix {
	p := &Postfix{Settings: settingsOf(settings)}
	field, own := settingsOf(fields), settingsOf(overrides)
	for _, key := range slices.Sorted(maps.Keys(field)) {
		name, ok := strings.CutSuffix(key, "/command")
		if words := strings.Fields(field[key]); !ok || len(words) == 0 || words[0] != "smtpd" || !strings.HasSuffix(name, "/inet") {
			continue
		}
		s := Service{Name: name, own: map[string]string{}}
		switch chroot := field[name+"/chroot"]; chroot {
		case "-": // the default has changed once
			s.Chroot = strings.HasPrefix(p.Settings["compatibility_level"], "0")
		default:
			s.Chroot = chroot == "y"
		}
		for key, value := range own {
			if setting, ok := strings.CutPrefix(key, name+"/"); ok {
				s.own[setting] = value
			}
		}
		p.Services = append(p.Services, s)
	}
	return p
}

// settingsOf reads "name = value".
func settingsOf(text string) map[string]string {
	values := map[string]string{}
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(line, "="); ok {
			values[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return values
}

// setting is the value that holds for a service.
func (p *Postfix) setting(s Service, name string) string {
	if value, ok := s.own[name]; ok {
		return value
	}
	return p.Settings[name]
}

// number is a setting that is a number; 0 when it is none.
func (p *Postfix) number(name string) int64 {
	n, _ := strconv.ParseInt(p.Settings[name], 10, 64)
	return n
}

// milterWord finds one element of a list of milters: braces around it hold its
// own settings.
var milterWord = regexp.MustCompile(`\{[^}]*\}|[^,\s]+`)

// milters splits a list of milters into sockets and the settings in braces.
func milters(list string) (sockets, options []string) {
	for _, word := range milterWord.FindAllString(list, -1) {
		words := strings.FieldsFunc(strings.Trim(word, "{}"), func(r rune) bool { return r == ',' || r == ' ' })
		if len(words) > 0 {
			sockets = append(sockets, words[0])
			options = append(options, strings.Join(words[1:], " "))
		}
	}
	return sockets, options
}

// ours is the place of sigmilter's socket in a service's list, or -1.
func (p *Postfix) ours(d Daemon, s Service, sockets []string) int {
	return slices.IndexFunc(sockets, func(socket string) bool { return p.reaches(d, s, socket) })
}

// reaches reports whether the socket, as the service sees it, is sigmilter's. A
// relative path is one from the queue directory, and so is each path in a chroot.
func (p *Postfix) reaches(d Daemon, s Service, socket string) bool {
	path, ok := strings.CutPrefix(socket, "unix:")
	if !ok {
		return d.hasAddress(socket)
	}
	if s.Chroot || !filepath.IsAbs(path) {
		path = filepath.Join(p.Settings["queue_directory"], path)
	}
	return d.hasPath(path)
}

// Socket is how smtpd_milters is to name sigmilter's socket: relative to the
// queue directory where it is below it, because that is right in a chroot too.
func (p *Postfix) Socket(d Daemon) string {
	queue := p.Settings["queue_directory"]
	if below, ok := strings.CutPrefix(d.socketPath(), strings.TrimSuffix(queue, "/")+"/"); ok && queue != "" {
		return "unix:" + below
	}
	return d.Listen
}

// OutOfChroot says that smtpd runs in a chroot from which it cannot reach
// sigmilter's socket, whatever smtpd_milters names, and what mends it; it is empty
// when that is not so.
func (p *Postfix) OutOfChroot(d Daemon) string {
	if d.socketPath() == "" || p.Socket(d) != d.Listen {
		return ""
	}
	for _, s := range p.Services {
		if s.Chroot {
			queue := p.Settings["queue_directory"]
			return fmt.Sprintf("%s runs in a chroot at %s and cannot reach sigmilter's %s; run: %s; at last: sigmilter mta postfix --apply && postfix reload",
				s.Name, queue, d.Listen, d.listenAt(filepath.Join(queue, "sigmilter"), p.group()))
		}
	}
	return ""
}

// visitor is a process of smtpd; ok is false when its user is not known here.
func (p *Postfix) visitor() (v visitor, ok bool) {
	return visitorNamed(p.Settings["mail_owner"], "postfix reload")
}

// group is that of smtpd's user.
func (p *Postfix) group() string {
	if v, ok := p.visitor(); ok {
		return v.group
	}
	return "postfix"
}

// visits are those that smtpd makes at sigmilter, one for each socket and chroot.
func (p *Postfix) visits(d Daemon) []visit {
	var visits []visit
	for _, s := range p.Services {
		sockets, _ := milters(p.setting(s, "smtpd_milters"))
		for _, socket := range sockets {
			if !p.reaches(d, s, socket) {
				continue
			}
			v := p.visit(s, socket)
			if !slices.ContainsFunc(visits, func(w visit) bool { return w.socket == v.socket && w.as.Root == v.as.Root }) {
				visits = append(visits, v)
			}
		}
	}
	return visits
}

// visit is that of a service at a socket. Where this process may not become another,
// it goes as itself.
func (p *Postfix) visit(s Service, socket string) visit {
	v := visit{by: s.Name, socket: socket, network: "tcp", address: strings.TrimPrefix(socket, "inet:")}
	path, ok := strings.CutPrefix(socket, "unix:")
	if !ok {
		return v
	}
	queue := p.Settings["queue_directory"]
	v.network, v.address = "unix", path
	v.visitor, ok = p.visitor()
	as := v.visitor.Caller
	if !ok || !greet.CanCall() {
		if s.Chroot || !filepath.IsAbs(path) {
			v.address = filepath.Join(queue, path)
		}
	} else if s.Chroot {
		v.as = as.In(queue)
	} else {
		v.as = as.At(queue)
	}
	return v
}
