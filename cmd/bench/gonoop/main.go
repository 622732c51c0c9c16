// Command noop is what a filter costs that go-milter makes do nothing but add
// one field, for make bench. Its argument is the path of its socket.
package main

import (
	"log"
	"net"
	"net/textproto"
	"os"

	gomilter "github.com/emersion/go-milter"
)

// quiet asks the MTA not to wait before end-of-message, as noop.c does.
const quiet = gomilter.OptNoConnReply | gomilter.OptNoHeloReply | gomilter.OptNoMailReply | gomilter.OptNoRcptReply |
	gomilter.OptNoHeaderReply | gomilter.OptNoEOHReply | gomilter.OptNoBodyReply | gomilter.OptNoData | gomilter.OptNoUnknown

type noop struct{ gomilter.NoOpMilter }

func (noop) Connect(string, string, uint16, net.IP, *gomilter.Modifier) (gomilter.Response, error) {
	return nil, nil
}
func (noop) Helo(string, *gomilter.Modifier) (gomilter.Response, error)           { return nil, nil }
func (noop) MailFrom(string, *gomilter.Modifier) (gomilter.Response, error)       { return nil, nil }
func (noop) RcptTo(string, *gomilter.Modifier) (gomilter.Response, error)         { return nil, nil }
func (noop) Header(string, string, *gomilter.Modifier) (gomilter.Response, error) { return nil, nil }
func (noop) BodyChunk([]byte, *gomilter.Modifier) (gomilter.Response, error)      { return nil, nil }

func (noop) Headers(h textproto.MIMEHeader, _ *gomilter.Modifier) (gomilter.Response, error) {
	clear(h) // it would grow from message to message
	return nil, nil
}

func (noop) Body(m *gomilter.Modifier) (gomilter.Response, error) {
	return gomilter.RespContinue, m.AddHeader("X-Noop", "Yes")
}

func main() {
	ln, err := net.Listen("unix", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	if err := os.Chmod(os.Args[1], 0o666); err != nil {
		log.Fatal(err)
	}
	server := gomilter.Server{NewMilter: func() gomilter.Milter { return noop{} }, Actions: gomilter.OptAddHeader, Protocol: quiet}
	log.Fatal(server.Serve(ln))
}
