package ldap

import (
	"net"
	"sync"
	"testing"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// standIn is an LDAP server that says what a test wants it to say: what an OpenLDAP
// server cannot, above all Active Directory's answers.
type standIn struct {
	url string

	mu sync.Mutex
	// find answers a search. A nil answer is none at all: the server hangs.
	find func(base, filter string) *standAnswer
	// bind is the result of every bind.
	bind standAnswer
	// binds counts them, filters are those of the searches so far.
	binds   int
	filters []string
}

type standAnswer struct {
	entries []*ldap.Entry
	code    int64
	text    string
}

func startStandIn(t *testing.T, find func(base, filter string) *standAnswer) *standIn {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &standIn{url: "ldap://" + listener.Addr().String(), find: find}
	var sessions sync.WaitGroup
	sessions.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			sessions.Go(func() {
				defer conn.Close()
				s.serve(conn)
			})
		}
	})
	t.Cleanup(func() {
		listener.Close()
		sessions.Wait()
	})
	return s
}

// serve answers until the client is gone.
func (s *standIn) serve(conn net.Conn) {
	for {
		request, err := ber.ReadPacket(conn)
		if err != nil || len(request.Children) < 2 {
			return
		}
		id, operation := request.Children[0].Value.(int64), request.Children[1]
		switch operation.Tag {
		case ldap.ApplicationBindRequest:
			s.mu.Lock()
			s.binds++
			s.mu.Unlock()
			conn.Write(standResult(id, ldap.ApplicationBindResponse, s.bind))
		case ldap.ApplicationSearchRequest:
			filter, err := ldap.DecompileFilter(operation.Children[6])
			if err != nil {
				return
			}
			s.mu.Lock()
			s.filters = append(s.filters, filter)
			s.mu.Unlock()
			answer := s.find(operation.Children[0].Value.(string), filter)
			if answer == nil {
				continue
			}
			for _, e := range answer.entries {
				conn.Write(standEntry(id, e))
			}
			conn.Write(standResult(id, ldap.ApplicationSearchResultDone, *answer))
		default: // unbind
			return
		}
	}
}

func standMessage(id int64, operation *ber.Packet) []byte {
	message := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	message.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, id, ""))
	message.AppendChild(operation)
	return message.Bytes()
}

func octets(s string) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s, "")
}

func standResult(id int64, tag ber.Tag, a standAnswer) []byte {
	operation := ber.Encode(ber.ClassApplication, ber.TypeConstructed, tag, nil, "")
	operation.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, a.code, ""))
	operation.AppendChild(octets(""))
	operation.AppendChild(octets(a.text))
	return standMessage(id, operation)
}

func standEntry(id int64, e *ldap.Entry) []byte {
	operation := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationSearchResultEntry, nil, "")
	operation.AppendChild(octets(e.DN))
	list := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	for _, a := range e.Attributes {
		attribute := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
		attribute.AppendChild(octets(a.Name))
		values := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
		for _, v := range a.Values {
			values.AppendChild(octets(v))
		}
		attribute.AppendChild(values)
		list.AppendChild(attribute)
	}
	operation.AppendChild(list)
	return standMessage(id, operation)
}
