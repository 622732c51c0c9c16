package m365

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// parsed is what testdata/grammar.mjs tells of a script.
type parsed struct {
	Errors    []string
	Functions []string
	Commands  []struct {
		Name               string
		Parameters, Splats []string
	}
	Tables  map[string][]string
	Strings []string
}

// parse reads a script with the grammar that `make setup` puts into the user's
// cache folder.
func parse(t *testing.T, script string) parsed {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	modules := filepath.Join(cache, "sigmilter", "powershell", "node_modules")
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join(modules, "tree-sitter-powershell"))
	}
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no grammar of PowerShell: %v; run make setup", err)
		}
		t.Skipf("no grammar of PowerShell: %v; run make setup", err)
	}
	var stderr bytes.Buffer
	cmd := exec.Command(node, "--liftoff-only", "testdata/grammar.mjs", modules)
	cmd.Stdin, cmd.Stderr = strings.NewReader(script), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	var p parsed
	if err := json.Unmarshal(out, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func contoso() *Setup {
	return &Setup{
		Tenant: "contoso", Domains: []string{"contoso.com", "contoso.de"}, Name: "Sigmilter",
		Relays: []string{"relay.contoso.com"}, TLSDomain: "relay.contoso.com", Certificate: "relay.contoso.com", Allow: []string{"192.0.2.10"},
		GuardField: "X-Sigmilter-Handled", RoutingField: "X-Sigmilter-Route", MaxSize: 25e6, Defer: true,
	}
}

func script(t *testing.T, s *Setup) string {
	t.Helper()
	var b strings.Builder
	if err := s.WriteScript(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Parameters of Exchange Online's cmdlets that Microsoft documents and the script uses.
// One that is misspelt would only fail in a tenant.
var (
	connector = []string{"Name", "Identity", "ConnectorType", "CloudServicesMailEnabled", "Comment", "Enabled"}
	rule      = []string{"Name", "Identity", "Mode", "Priority", "FromScope", "FromMemberOf", "SetHeaderName", "SetHeaderValue", "Comments", "MessageTypeMatches",
		"HeaderContainsMessageHeader", "HeaderContainsWords", "RouteMessageOutboundConnector", "StopRuleProcessing", "RuleErrorAction",
		"ExceptIfHeaderContainsMessageHeader", "ExceptIfHeaderContainsWords", "ExceptIfMessageTypeMatches", "ExceptIfMessageSizeOver", "ExceptIfSentTo", "ExceptIfSentToMemberOf"}

	// tables are the hash tables that become parameters, by their variable.
	tables = map[string][]string{
		"WantedInbound":  slices.Concat(connector, []string{"SenderDomains", "RequireTls", "TlsSenderCertificateName"}),
		"WantedOutbound": slices.Concat(connector, []string{"IsTransportRuleScoped", "UseMXRecord", "SmartHosts", "TlsSettings", "TlsDomain", "RouteAllMessagesViaOnPremises", "AllAcceptedDomains"}),
		"settings":       rule,
		"how":            {"ShowBanner", "ExchangeEnvironmentName"},
	}
	// cmdlets are those of the service, which the script names in strings.
	cmdlets = strings.Fields(`Connect-ExchangeOnline Disconnect-ExchangeOnline Get-ConnectionInformation Get-AcceptedDomain
		Get-InboundConnector Get-OutboundConnector Validate-OutboundConnector Get-TransportRule New-TransportRule Set-TransportRule
		Get-HostedConnectionFilterPolicy Set-HostedConnectionFilterPolicy Get-RemoteDomain Set-RemoteDomain Get-Recipient
		Get-DistributionGroup Get-DynamicDistributionGroup Get-DistributionGroupMember Get-DkimSigningConfig Get-MessageTraceV2 Get-MessageTrace`)
	// plain are PowerShell's own.
	plain = []string{"ForEach-Object", "Get-Command", "Get-Content", "Get-Item", "New-Object", "Read-Host", "Select-Object",
		"Set-StrictMode", "Sort-Object", "Start-Sleep", "Where-Object", "Write-Host"}
)

var cmdletName = regexp.MustCompile(`^'((?:Get|New|Set|Remove|Enable|Disable|Connect|Disconnect|Validate)-[A-Z]\w+)'$`)

func TestScriptIsPowerShell(t *testing.T) {
	p := parse(t, script(t, contoso()))
	for _, e := range p.Errors {
		t.Errorf("not PowerShell: %s", e)
	}
	if len(p.Commands) < 50 {
		t.Fatalf("only %d commands were found", len(p.Commands))
	}
	for _, c := range p.Commands {
		if c.Name != "" && !strings.HasPrefix(c.Name, "&") && !slices.Contains(plain, c.Name) && !slices.Contains(p.Functions, c.Name) && !slices.Contains(cmdlets, c.Name) {
			t.Errorf("%s is no command", c.Name)
		}
	}
	for _, s := range p.Strings {
		if m := cmdletName.FindStringSubmatch(s); m != nil && !slices.Contains(cmdlets, m[1]) && !slices.Contains(p.Functions, m[1]) {
			t.Errorf("%s is no cmdlet of Exchange Online", m[1])
		}
	}
	for name, allowed := range tables {
		if len(p.Tables[name]) == 0 {
			t.Errorf("there is no table $%s", name)
		}
		for _, key := range p.Tables[name] {
			if !slices.Contains(allowed, key) {
				t.Errorf("$%s has %s, which is no parameter", name, key)
			}
		}
	}
}

// An admin reads the script before they run it.
func TestScriptIsShort(t *testing.T) {
	const most = 700 // lines
	if n := strings.Count(script(t, contoso()), "\n"); n >= most {
		t.Errorf("%d lines", n)
	}
}

// A grammar that took anything would prove nothing.
func TestGrammarRefuses(t *testing.T) {
	for _, broken := range []string{"if ($x { 1 }", "$a = @{ b = 'c }", "foreach ($a) { }"} {
		if p := parse(t, broken); len(p.Errors) == 0 {
			t.Errorf("%s is taken for PowerShell", broken)
		}
	}
}

// Whatever a name holds, it stays one string and the rest of the script stays as
// it is.
func TestHostileNames(t *testing.T) {
	want := parse(t, script(t, contoso()))
	for _, name := range hostile {
		s := contoso()
		s.Name, s.Tenant, s.Relays = name, name, []string{name}
		p := parse(t, script(t, s))
		if len(p.Errors) > 0 {
			t.Errorf("%q: %q", name, p.Errors)
		}
		if len(p.Commands) != len(want.Commands) || len(p.Strings) != len(want.Strings) {
			t.Errorf("%q: %d commands and %d strings, want %d and %d", name, len(p.Commands), len(p.Strings), len(want.Commands), len(want.Strings))
		}
		if !slices.Contains(p.Strings, quote(name)) {
			t.Errorf("%q is no string of the script", name)
		}
	}
}
