package graph

import (
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"sigmilter/sigstore/directory/webclient"
	"sigmilter/sigstore/localfile"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"software.sslmate.com/src/go-pkcs12"
)

// warnBefore is how long before a certificate runs out that is told. Entra
// does not say when a secret does.
const warnBefore = 30 * 24 * time.Hour

// login makes the credential and the connection ready, and leaves them alone when
// they are and the secret is the one of before.
func (g *Source) login() error {
	if g.web == nil {
		client, err := webclient.New(g.CAFile, g.timeout())
		if err != nil {
			return err
		}
		g.network = new(atomic.Pointer[loginFailure])
		g.web = &web{client: client, origin: g.graphURL(), wait: sleep, token: g.token}
	}
	material, password, err := g.readMaterial()
	if err != nil {
		return err
	}
	sum := sha256.Sum256(append(append([]byte{}, material...), password...))
	if g.credential != nil && sum == g.material {
		return nil
	}
	g.credential, err = g.newCredential(material, password)
	if err != nil {
		return err
	}
	g.material = sum
	return nil
}

// readMaterial reads the secret, or the certificate and its password.
func (g *Source) readMaterial() (material []byte, password string, err error) {
	if g.SecretFile != "" && g.CertificateFile != "" {
		return nil, "", errors.New("there is a client secret and a certificate; keep one of them")
	}
	if g.SecretFile != "" {
		secret, err := localfile.SecretLine(g.SecretFile)
		if err != nil {
			return nil, "", fmt.Errorf("read the client secret: %w", err)
		}
		return []byte(secret), "", nil
	}
	if g.CertificateFile == "" {
		return nil, "", errors.New("there is neither a client secret nor a certificate; name the file of one")
	}
	material, err = localfile.Secret(g.CertificateFile)
	if err != nil {
		return nil, "", fmt.Errorf("read the certificate: %w", err)
	}
	if g.CertificatePasswordFile != "" {
		password, err = localfile.SecretLine(g.CertificatePasswordFile)
		if err != nil {
			return nil, "", fmt.Errorf("read the certificate's password: %w", err)
		}
	}
	return material, password, nil
}

func (g *Source) newCredential(material []byte, password string) (azcore.TokenCredential, error) {
	options := azcore.ClientOptions{
		Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: g.loginURL()},
		Transport: &loginTransport{client: g.web.client, failed: g.network},
		Retry:     policy.RetryOptions{TryTimeout: g.timeout()},
	}
	// Instance discovery asks Microsoft's public cloud whether the login is one of
	// its own. A login that was set by hand need not be.
	undiscovered := g.LoginURL != ""
	g.expires = time.Time{}
	if g.SecretFile != "" {
		return azidentity.NewClientSecretCredential(g.Tenant, g.Client, string(material),
			&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: undiscovered})
	}
	chain, key, err := parseCertificate(material, password)
	if err != nil {
		return nil, fmt.Errorf("the certificate in %s cannot be used: %w; "+
			"put a certificate and its RSA key there, as PEM without a password or as PFX", g.CertificateFile, err)
	}
	g.expires = chain[0].NotAfter
	return azidentity.NewClientCertificateCredential(g.Tenant, g.Client, chain, key,
		&azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: undiscovered})
}

// parseCertificate reads PEM or PKCS#12. azidentity's own reader of PKCS#12 knows
// none of the algorithms that OpenSSL 3 writes.
func parseCertificate(material []byte, password string) ([]*x509.Certificate, crypto.PrivateKey, error) {
	if strings.Contains(string(material), "-----BEGIN ") {
		return azidentity.ParseCertificates(material, nil)
	}
	key, leaf, chain, err := pkcs12.DecodeChain(material, password)
	if err != nil {
		return nil, nil, err
	}
	return append([]*x509.Certificate{leaf}, chain...), key, nil
}

// expiry warns of a certificate that will run out soon.
func (g *Source) expiry(now time.Time) error {
	if g.expires.IsZero() || g.expires.Sub(now) > warnBefore {
		return nil
	}
	return fmt.Errorf("the certificate in %s runs out on %s; renew it and upload the new one under %s",
		g.CertificateFile, g.expires.Format(time.DateOnly), g.whereToRenew())
}

// token is a token for Graph, from memory while it is good.
func (g *Source) token(ctx context.Context) (string, error) {
	token, err := g.credential.GetToken(ctx, policy.TokenRequestOptions{
		Scopes: []string{"https://" + Clouds[g.cloud()].Graph + "/.default"},
	})
	if err != nil {
		return "", g.loginError(ctx, err)
	}
	return token.Token, nil
}

func (g *Source) timeout() time.Duration {
	if g.Timeout == 0 {
		return time.Minute
	}
	return g.Timeout
}

func (g *Source) whereToRenew() string {
	return "App registrations, " + g.Client + ", Certificates & secrets in the Microsoft Entra admin centre"
}

var stsCode = regexp.MustCompile(`AADSTS(\d+)`)

// loginError is one line about a refused login. azidentity's own error is a page
// long, with the answer of the server in it.
func (g *Source) loginError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	code := stsCode.FindStringSubmatch(err.Error())
	if code == nil {
		if cause := g.network.Load(); cause != nil {
			err = cause
		}
		return fmt.Errorf("log in at %s: %w", g.loginURL(), webclient.NetworkError(err))
	}
	advice, known := g.loginAdvice()[code[1]]
	if !known {
		advice = "look the code up at " + g.loginURL() + "/error?code=" + code[1]
	}
	return fmt.Errorf("log in as application %s: %s (%s)", g.Client, advice, code[0])
}

// loginAdvice says what is wrong and what to do, by Entra's error codes.
func (g *Source) loginAdvice() map[string]string {
	clock := "the certificate's time does not fit the server's; set this machine's clock"
	secret := "the client secret "
	return map[string]string{
		"7000222": secret + "has expired; make a new one under " + g.whereToRenew() + " and put it into " + g.SecretFile,
		"7000215": secret + "in " + g.SecretFile + " is not valid; put the secret's value there, not its ID, from " + g.whereToRenew(),
		"7000216": "neither a client secret nor a certificate was accepted; make one under " + g.whereToRenew(),
		"7000218": "neither a client secret nor a certificate was accepted; make one under " + g.whereToRenew(),
		"700016":  "tenant " + g.Tenant + " has no such application; check the client and the tenant ID, and that an administrator gave consent",
		"7000112": "the application is switched off; enable its sign-in under Enterprise applications",
		"90002":   "there is no tenant " + g.Tenant + " in this cloud; check the tenant ID and the cloud",
		"900023":  g.Tenant + " is neither a tenant ID nor a domain; check the tenant ID",
		"700027":  "the certificate in " + g.CertificateFile + " is not registered; upload its public part under " + g.whereToRenew(),
		"1000502": "the certificate in " + g.CertificateFile + " is not valid now; renew it and upload the new one under " + g.whereToRenew(),
		"700024":  clock,
		"700021":  clock,
		"53003":   "a conditional access policy blocks it; exclude the application's service principal, or allow this machine's address",
		"50049":   "this cloud does not know the tenant; check the cloud",
		"50034":   "the tenant has no such application; check the client ID",
	}
}

// loginTransport remembers why a request failed, which azidentity tells amid other
// things, and keeps it from asking again where that is no use.
type loginTransport struct {
	client *http.Client
	failed *atomic.Pointer[loginFailure]
}

// loginFailure is a request that got no answer.
type loginFailure struct{ error }

func (f *loginFailure) Unwrap() error { return f.error }

// NonRetriable marks an error that azcore is not to repeat a request after.
func (*untrustedLogin) NonRetriable() {}

type untrustedLogin struct{ error }

// Do implements azcore's policy.Transporter.
func (t *loginTransport) Do(req *http.Request) (*http.Response, error) {
	resp, err := t.client.Do(req)
	if err == nil {
		t.failed.Store(nil)
		return resp, nil
	}
	t.failed.Store(&loginFailure{err})
	if webclient.Untrusted(err) {
		err = &untrustedLogin{err}
	}
	return nil, err
}
