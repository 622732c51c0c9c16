package m365

import (
	"strings"
	"testing"

	"sigmilter/milter/entity"
)

// back is the header of a message that came back well.
const back = `Received: from DB9PR04MB8461.eurprd04.prod.outlook.com (2603:10a6:10:2cf::20)
 by AM0PR04MB6452.eurprd04.prod.outlook.com with HTTPS; Sat, 21 Nov 2026 08:00:07 +0000
Received: from relay.contoso.com (192.0.2.10) by AM1EUR04FT046.mail.protection.outlook.com
 (10.152.28.210) with Microsoft SMTP Server (version=TLS1_3,
 cipher=TLS_AES_256_GCM_SHA384) id 15.21.52.8; Sat, 21 Nov 2026 08:00:05 +0000
Received: from EUR05-DB8-obe.outbound.protection.outlook.com (mail-db8eur05.outbound.protection.outlook.com [40.107.20.1])
 (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
 by relay.contoso.com (Postfix) with ESMTPS id 4X1Y2Z
 for <ben@example.net>; Sat, 21 Nov 2026 09:00:04 +0100 (CET)
Received: from DB9PR04MB8461.eurprd04.prod.outlook.com (2603:10a6:10:2cf::20)
 by AM0PR04MB6452.eurprd04.prod.outlook.com (2603:10a6:208:16d::21) with
 Microsoft SMTP Server (version=TLS1_2, cipher=TLS_X) id 15.21.52.8; Sat, 21 Nov 2026 08:00:03 +0000
ARC-Seal: i=1; a=rsa-sha256; s=arcselector10001; d=microsoft.com; cv=none; b=abc
Authentication-Results: spf=pass smtp.mailfrom=contoso.com; dkim=none; dmarc=pass; compauth=pass reason=100
X-Sigmilter-Handled: Yes v1.abc
From: Alice Muster <alice@contoso.com>
X-OriginatorOrg: contoso.com
X-MS-Exchange-CrossTenant-Id: 0b1c6f1e-1f4d-4a57-8e63-2f6f1e0c9d3a
X-CrossPremisesHeadersPromoted: AM0PR04MB6452.eurprd04.prod.outlook.com
X-MS-Exchange-Organization-AuthAs: Internal
X-MS-Exchange-Organization-SCL: -1
X-Forefront-Antispam-Report: CIP:255.255.255.255;SFV:SKI;DIR:INT
`

var expected = Expected{
	Guard: "X-Sigmilter-Handled", RoutingFields: []string{"X-Sigmilter-Route"},
	Relays: []string{"relay.contoso.com"}, Domains: []string{"contoso.com"},
}

// without is a header less the fields of the names.
func without(header string, names ...string) string {
	var b strings.Builder
	h, _ := entity.ParseHeader([]byte(header))
next:
	for _, f := range h {
		for _, name := range names {
			if strings.EqualFold(f.Name, name) {
				continue next
			}
		}
		b.WriteString(f.Name + ":" + f.Value + "\n")
	}
	return b.String()
}

// find is the finding of a check on a header.
func find(t *testing.T, check, header string, e Expected) Finding {
	t.Helper()
	h, n := entity.ParseHeader([]byte(header))
	if n < len(header) {
		t.Fatalf("no field: %q", header[n:])
	}
	for _, f := range Check(h, n, e) {
		if f.Check == check {
			return f
		}
	}
	t.Fatalf("there is no check %q", check)
	return Finding{}
}

func TestGoodHeader(t *testing.T) {
	want := map[string]Verdict{"dkim": Unknown}
	h, n := entity.ParseHeader([]byte(back))
	findings := Check(h, n, expected)
	if len(findings) != len(checks) {
		t.Fatalf("%d findings of %d checks", len(findings), len(checks))
	}
	for _, f := range findings {
		v, ok := want[f.Check]
		if !ok {
			v = Good
		}
		if f.Verdict != v || f.Found == "" || f.Change != "" {
			t.Errorf("%s: %s %q %q, want %s", f.Check, f.Verdict, f.Found, f.Change, v)
		}
	}
}

func TestChecks(t *testing.T) {
	for _, tc := range []struct {
		check   string
		without []string // fields of the good header
		with    string   // fields added
		want    Verdict
		found   string // a part of the sentence
	}{
		{"guard", []string{"X-Sigmilter-Handled"}, "", Bad, "no field X-Sigmilter-Handled"},
		{"guard", nil, "X-Sigmilter-Handled: Yes\n", Bad, "2 times"},
		{"guard", []string{"X-Sigmilter-Handled"}, "X-Sigmilter-Handled: Yesterday\n", Bad, "without the word Yes"},
		{"routing code", nil, "x-sigmilter-route: secret\n", Bad, "still there"},
		{"internal", []string{authAs}, authAs + ": Anonymous\n", Bad, "Anonymous"},
		{"internal", []string{authAs}, tenantAuthAs + ": anonymous\n", Bad, "from outside"},
		{"internal", []string{authAs}, tenantAuthAs + ": Internal\n", Unknown, "no field"},
		{"retention", nil, "X-CrossPremisesHeadersFilteredBySendConnector: x\n", Bad, "threw"},
		{"retention", []string{"X-CrossPremisesHeadersPromoted"}, "X-CrossPremisesHeadersFiltered: x\n", Bad, "threw"},
		{"retention", []string{"X-CrossPremisesHeadersPromoted"}, "X-MS-Exchange-CrossPremises-AuthAs: Internal\n", Bad, "still there"},
		{"retention", []string{"X-CrossPremisesHeadersPromoted"}, "X-OrganizationHeadersPreserved: x\n", Good, "kept"},
		{"retention", []string{"X-CrossPremisesHeadersPromoted"}, "", Unknown, "does not tell"},
		{"tenant", nil, "X-MS-Exchange-CrossTenant-id: 11111111-1f4d-4a57-8e63-2f6f1e0c9d3a\n", Bad, "Two tenants"},
		{"tenant", []string{"X-OriginatorOrg"}, "X-OriginatorOrg: fabrikam.com\n", Bad, "no domain of the configuration"},
		{"tenant", []string{"X-OriginatorOrg"}, "X-OriginatorOrg: contoso.onmicrosoft.com\n", Good, "contoso.onmicrosoft.com"},
		{"tenant", []string{"X-OriginatorOrg"}, "", Unknown, "no field"},
		{"spam filter", []string{"X-MS-Exchange-Organization-SCL"}, "X-MS-Exchange-Organization-SCL: 6\n", Bad, "SCL 6"},
		{"spam filter", []string{"X-MS-Exchange-Organization-SCL", antispam}, antispam + ": CIP:1.2.3.4;SFV:SPM;\n", Bad, "SFV:SPM"},
		{"spam filter", []string{"X-MS-Exchange-Organization-SCL"}, "", Good, "SFV:SKI"},
		{"spam filter", []string{"X-MS-Exchange-Organization-SCL", antispam}, antispam + ": SFV:NSPM\n" + antispam + "-Untrusted: SFV:NSPM\n", Note, "second time"},
		{"spam filter", []string{"X-MS-Exchange-Organization-SCL", antispam}, "", Unknown, "no field"},
		{"dkim", nil, "DKIM-Signature: v=1; d=contoso.com; b=a\nDKIM-Signature: v=1; d=Contoso.com; b=b\n", Bad, "Two DKIM signatures of contoso.com"},
		{"dkim", nil, "DKIM-Signature: v=1; d=contoso.com; b=a\nAuthentication-Results: mx.example.net; dkim=fail\n", Bad, "broken"},
		{"dkim", nil, "DKIM-Signature: v=1; d=contoso.com; b=a\nAuthentication-Results: mx.example.net; dkim=pass header.d=contoso.com\n", Good, "valid"},
		{"dkim", nil, "DKIM-Signature: v=1; d=contoso.com; b=a\n", Note, "no receiver"},
		{"arc", nil, "ARC-Seal: i=2; cv=fail; d=microsoft.com\n", Note, "cv=fail"},
		{"arc", nil, "Authentication-Results: mx.example.net; arc=fail\n", Note, "broken"},
		{"arc", []string{"ARC-Seal"}, "", Unknown, "no ARC seal"},
		{"authentication", nil, "Authentication-Results: mx.example.net; dmarc=fail\n", Bad, "dmarc=fail"},
		{"authentication", nil, "Authentication-Results: x; compauth=fail reason=001\n", Bad, "compauth=fail"},
		{"authentication", nil, "Authentication-Results: x; spf=softfail\n", Note, "SPF"},
		{"authentication", []string{"Authentication-Results"}, "", Unknown, "No receiver"},
		{"passes", []string{"Received"}, "", Bad, "No hop of the relay"},
		{"passes", nil, "Received: from a.prod.outlook.com by relay.contoso.com with ESMTPS; Sat, 21 Nov 2026 08:00:04 +0000\n", Bad, "2 times"},
		{"tls", []string{"Received"}, "Received: from a.outlook.com by b.outlook.com with SMTP; Sat, 21 Nov 2026 08:00:04 +0000\n" +
			"Received: from c.outlook.com by relay.contoso.com with ESMTPS id 1; Sat, 21 Nov 2026 08:00:04 +0000\n", Bad, "back without TLS"},
		{"tls", []string{"Received"}, "Received: from c.outlook.com by relay.contoso.com with ESMTP id 1; Sat, 21 Nov 2026 08:00:04 +0000\n", Bad, "took the message without TLS"},
		{"tls", []string{"Received"}, "", Unknown, "not found"},
		{"hops", nil, strings.Repeat("Received: from a by b; Sat, 21 Nov 2026 08:00:04 +0000\n", 13), Bad, "17 Received"},
		{"latency", []string{"Received"}, legs("08:00:00", "08:03:30"), Bad, "3m30s"},
		{"latency", []string{"Received"}, legs("08:00:10", "08:00:00"), Note, "10s before it left"},
		{"latency", []string{"Received"}, legs("08:00:01", "08:00:00"), Good, "0s"},
		{"latency", []string{"Received"}, "", Unknown, "not both"},
		{"header size", nil, "X-Long: " + strings.Repeat("x", 150<<10) + "\n", Note, "of 262144"},
		{"header size", nil, "X-Long: " + strings.Repeat("x", 260<<10) + "\n", Bad, "552"},
	} {
		got := find(t, tc.check, without(back, tc.without...)+tc.with, expected)
		if got.Verdict != tc.want || !strings.Contains(got.Found, tc.found) {
			t.Errorf("%s without %q with %.60q: %s %q, want %s %q", tc.check, tc.without, tc.with, got.Verdict, got.Found, tc.want, tc.found)
		}
		if got.Verdict == Bad && got.Change == "" {
			t.Errorf("%s %q: nothing to change", tc.check, got.Found)
		}
	}
}

// legs are the hops of a message that left Microsoft 365 and came back at these
// times.
func legs(left, back string) string {
	return "Received: from relay.contoso.com by x.mail.protection.outlook.com with TLS; Sat, 21 Nov 2026 " + back + " +0000\n" +
		"Received: from y.outbound.protection.outlook.com by relay.contoso.com with ESMTPS id 1; Sat, 21 Nov 2026 08:00:00 +0000\n" +
		"Received: from z.prod.outlook.com by y.prod.outlook.com with TLS; Sat, 21 Nov 2026 " + left + " +0000\n"
}

// Without its name the relay is told by its place.
func TestRelayByPlace(t *testing.T) {
	e := expected
	e.Relays = []string{"other.contoso.com"}
	if got := find(t, "passes", back, e); got.Verdict != Good || !strings.Contains(got.Found, "relay.contoso.com") {
		t.Errorf("got %+v", got)
	}
	e.RoutingFields = nil
	if got := find(t, "routing code", back, e); got.Verdict != Unknown {
		t.Errorf("got %+v", got)
	}
}
