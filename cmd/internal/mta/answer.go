package mta

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"

	"sigmilter/cmd/internal/mta/greet"
)

// Ask greets the milter at an address, network unix or tcp, as a mail server's
// process; see [greet.Ask].
type Ask func(as greet.Caller, network, address string) (greet.Answer, error)

// visit is a mail server's process and the socket it is to connect to.
type visit struct {
	by      string // what makes it, such as smtp/inet
	visitor visitor
	as      greet.Caller // who is to connect: the visitor, or this process
	socket  string       // as the mail server's configuration names it
	network string
	address string
}

// socketCheck is the name of what is found on the socket.
const socketCheck = "socket"

// ask makes the visit and notes what came of it.
func (r *Report) ask(d Daemon, v visit, ask Ask) {
	answer, err := ask(v.as, v.network, v.address)
	if err == nil && answer.Signs {
		r.Answers = append(r.Answers, fmt.Sprintf("%s: %s answers%s", v.by, v.socket, v.seen()))
		if v.as.Name == "" {
			// That is this process, and the mail server's is judged as it can be.
			r.note(socketCheck, unreachable(d, v.visitor))
		}
		return
	}
	if err == nil {
		r.note(socketCheck, fmt.Sprintf("%s: a milter answers on %s that does not ask to change mail, so it is not sigmilter; end it, and: %s", v.by, v.socket, d.start()))
		return
	}
	if errors.Is(err, fs.ErrPermission) && !greet.CanCall() {
		// It is this process that may not connect.
		r.note(socketCheck, unreachable(d, v.visitor))
		return
	}
	r.note(socketCheck, d.explain(v, err))
}

// seen says as whom it was asked, and from where.
func (v visit) seen() string {
	if v.as.Name == "" {
		return ""
	}
	if v.as.Root != "" {
		return fmt.Sprintf(" user %s in the chroot %s", v.as.Name, v.as.Root)
	}
	return " user " + v.as.Name
}

// explain says why nobody answered, and what mends it.
func (d Daemon) explain(v visit, err error) string {
	says := func(what, remedy string) string { return fmt.Sprintf("%s: %s %s; %s", v.by, v.socket, what, remedy) }
	var slow net.Error
	switch closed := unreachable(d, v.visitor); {
	case errors.Is(err, fs.ErrNotExist) && closed != "", errors.Is(err, fs.ErrPermission) && closed != "":
		return closed
	case errors.Is(err, fs.ErrNotExist):
		return says("is not there, sigmilter does not run", "start it: "+d.start())
	case errors.Is(err, syscall.ECONNREFUSED):
		return says("refuses connections, nobody listens on it", "start sigmilter: "+d.start())
	case errors.Is(err, fs.ErrPermission):
		return says("refuses user "+v.as.Name+", though owners and modes let them in", "look for a refusal of AppArmor or SELinux: journalctl -k -g denied")
	case errors.Is(err, greet.ErrNoMilter):
		return says("is another program's: what answers is no milter", "end it, and: "+d.start())
	case errors.As(err, &slow) && slow.Timeout(), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, syscall.EAGAIN):
		return says(fmt.Sprintf("takes a connection and does not answer within %v", greet.Patience), "see what sigmilter does: systemctl status sigmilter")
	}
	return says(fmt.Sprintf("does not answer: %v", err), "see what sigmilter says: journalctl -u sigmilter -n 20")
}
