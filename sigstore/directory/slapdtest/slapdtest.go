// Package slapdtest runs a private OpenLDAP server for tests: Debian's slapd, in a
// folder of its own, on loopback ports that the kernel chooses and on a unix socket.
//
// The tree starts at [Base]. It has the schemas core, cosine, inetorgperson, nis and
// some attributes of Active Directory and Exchange, so that entries may have
// proxyAddresses and userPrincipalName: their object class is sigmilterPerson.
package slapdtest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sigmilter/sigstore/testport"

	"github.com/go-ldap/ldap/v3"
)

// What every server has: the root of its tree, who may do anything, and the password of
// that name.
const (
	Base     = "dc=contoso,dc=com"
	Admin    = "cn=admin," + Base
	Password = "correct horse"
)

// startTimeout bounds the wait for a server to answer.
const startTimeout = 20 * time.Second

// Options is what a server is to have.
type Options struct {
	// LDIF is loaded before the start, behind the root of the tree.
	LDIF string
	// Database are further lines of slapd.conf for the database, such as limits.
	Database string
}

// Server is a running server.
type Server struct {
	URL      string // ldap://127.0.0.1:PORT
	URLTLS   string // ldaps://127.0.0.1:PORT
	URLLocal string // ldapi:///PATH
	CAFile   string // of the authority that issued the certificate for 127.0.0.1 and ldap.contoso.com

	dir     string
	ports   *testport.Held
	process *exec.Cmd
	exited  chan struct{} // closed when the process is gone
	log     bytes.Buffer  // read when it is gone
}

// Require skips the test where slapd is not installed; with CI=true in the environment
// the test fails instead.
func Require(t testing.TB) {
	t.Helper()
	_, err := program("slapd")
	if err == nil {
		return
	}
	if os.Getenv("CI") != "true" {
		t.Skipf("no OpenLDAP server to run: %v (make setup installs it)", err)
		return
	}
	t.Fatal(err)
}

// program is where one of slapd's programs is.
func program(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	return exec.LookPath(filepath.Join("/usr/sbin", name))
}

// Start runs a server until the end of the test. It calls [Require].
func Start(t testing.TB, opts Options) *Server {
	t.Helper()
	Require(t)
	s := &Server{dir: t.TempDir()}
	s.CAFile = filepath.Join(s.dir, "ca.pem")
	if err := writeCertificates(s.dir); err != nil {
		t.Fatal(err)
	}
	if err := s.load(opts); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	if err := s.launch(); err != nil {
		s.Stop()
		t.Fatalf("start slapd: %v\n%s", err, s.log.String())
	}
	return s
}

// load writes the configuration and fills the database.
func (s *Server) load(opts Options) error {
	if err := os.Mkdir(filepath.Join(s.dir, "db"), 0o700); err != nil {
		return err
	}
	conf := strings.NewReplacer("DIR", s.dir, "BASE", Base, "ADMIN", Admin, "PASSWORD", Password).Replace(configuration) + opts.Database
	if err := os.WriteFile(s.conf(), []byte(conf), 0o600); err != nil {
		return err
	}
	add, err := program("slapadd")
	if err != nil {
		return err
	}
	ldif := "dn: " + Base + "\nobjectClass: dcObject\nobjectClass: organization\no: Contoso\ndc: contoso\n\n" + opts.LDIF
	command := exec.Command(add, "-q", "-f", s.conf())
	command.Stdin = strings.NewReader(ldif)
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("slapadd: %w\n%s", err, out)
	}
	return nil
}

func (s *Server) conf() string { return filepath.Join(s.dir, "slapd.conf") }

const configuration = `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
attributetype ( 1.3.6.1.4.1.99999.1.1 NAME 'proxyAddresses' EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.3.6.1.4.1.99999.1.2 NAME 'userPrincipalName' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.99999.1.3 NAME 'company' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.3.6.1.4.1.99999.1.4 NAME 'note' EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 )
objectclass ( 1.3.6.1.4.1.99999.2.1 NAME 'sigmilterPerson' SUP top AUXILIARY MAY ( proxyAddresses $ userPrincipalName $ company $ note $ co ) )
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile DIR/slapd.pid
TLSCACertificateFile DIR/ca.pem
TLSCertificateFile DIR/server.pem
TLSCertificateKeyFile DIR/server.key
database mdb
suffix "BASE"
rootdn "ADMIN"
rootpw "PASSWORD"
directory DIR/db
maxsize 2147483648
dbnosync
index objectClass,mail,uid,cn,entryUUID eq
`

// launch starts the server and waits until it answers.
func (s *Server) launch() error {
	path, err := program("slapd")
	if err != nil {
		return err
	}
	s.ports, err = testport.Hold(2)
	if err != nil {
		return err
	}
	socket := filepath.Join(s.dir, "ldapi")
	s.URL, s.URLTLS = "ldap://"+s.ports.Addrs()[0], "ldaps://"+s.ports.Addrs()[1]
	s.URLLocal = "ldapi://" + socket
	listen := strings.Join([]string{s.URL, s.URLTLS, "ldapi://" + strings.ReplaceAll(socket, "/", "%2F")}, " ")
	s.process = exec.Command(path, "-d", "0", "-f", s.conf(), "-h", listen) // -d keeps it in the foreground
	s.process.Stdout, s.process.Stderr = &s.log, &s.log
	if err := s.process.Start(); err != nil {
		return err
	}
	s.exited = make(chan struct{})
	go func() {
		_ = s.process.Wait() // how it ended stands in its log
		close(s.exited)
	}()
	return s.awaitAnswer()
}

func (s *Server) awaitAnswer() error {
	deadline := time.After(startTimeout)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := s.dial()
		if err == nil {
			return conn.Close()
		}
		select {
		case <-s.exited:
			return errors.New("slapd ended")
		case <-deadline:
			return fmt.Errorf("slapd does not answer: %w", err)
		case <-tick.C:
		}
	}
}

// dial connects and binds as [Admin].
func (s *Server) dial() (*ldap.Conn, error) {
	conn, err := ldap.DialURL(s.URL)
	if err != nil {
		return nil, err
	}
	if err := conn.Bind(Admin, Password); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// Dial returns a connection that may do anything, closed at the end of the test.
func (s *Server) Dial(t testing.TB) *ldap.Conn {
	t.Helper()
	conn, err := s.dial()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// Stop ends the server. It may be called again.
func (s *Server) Stop() {
	if s.process == nil || s.process.Process == nil {
		return
	}
	s.process.Process.Kill() // nothing in the database is needed any more
	<-s.exited
	s.ports.Release()
}
