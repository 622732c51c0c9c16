package lab

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

// receivedField is the trace field of the connection to the relay, as Exchange
// Online writes it.
func receivedField(at time.Time) string {
	return "Received: from DB9PR04MB8461.eurprd04.prod.outlook.com (2603:10a6:10:2cf::20)\r\n" +
		" by AM0PR04MB6452.eurprd04.prod.outlook.com (2603:10a6:208:16d::21) with\r\n" +
		" Microsoft SMTP Server (version=TLS1_2,\r\n" +
		" cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.21.52.8; " +
		at.UTC().Format(time.RFC1123Z) + "\r\n"
}

// aboveFields is what Exchange Online puts above the client's own fields
// besides the trace field. The DKIM signature is of its form only.
const aboveFields = "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=contoso.com; s=selector1;\r\n" +
	" h=From:Date:Subject:Message-ID:Content-Type:MIME-Version:X-MS-Exchange-SenderADCheck;\r\n" +
	" bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n" +
	" b=bm90IGEgcmVhbCBzaWduYXR1cmUsIG9ubHkgdGhlIGZvcm0gb2Ygb25l\r\n"

// belowFields follow the client's own fields. Values that are long and opaque in
// real mail are folded over several lines here too.
const belowFields = "X-MS-PublicTrafficType: Email\r\n" +
	"X-MS-TrafficTypeDiagnostic: DB9PR04MB8461:EE_|AM0PR04MB6452:EE_\r\n" +
	"X-MS-Office365-Filtering-Correlation-Id: 5b8f4f8e-6d4f-4a37-9c0b-08de28f0a7c1\r\n" +
	"X-MS-Exchange-SenderADCheck: 1\r\n" +
	"X-MS-Exchange-AntiSpam-Relay: 0\r\n" +
	"X-Microsoft-Antispam: BCL:0;ARA:13230040|376014|366016|1800799024|38070700021;\r\n" +
	"X-Forefront-Antispam-Report: CIP:255.255.255.255;CTRY:;LANG:en;SCL:1;SRV:;IPV:NLI;\r\n" +
	" SFV:NSPM;H:DB9PR04MB8461.eurprd04.prod.outlook.com;PTR:;CAT:NONE;\r\n" +
	" SFS:(13230040)(376014)(366016)(1800799024)(38070700021);DIR:OUT;SFP:1101;\r\n" +
	"X-MS-Exchange-AntiSpam-MessageData-ChunkCount: 1\r\n" +
	"X-MS-Exchange-AntiSpam-MessageData-0:\r\n" +
	" =?us-ascii?Q?bGFiIG1lc3NhZ2UsIG9wYXF1ZSBhbmQgZm9sZGVkIGFzIGluIHJlYWwgbWFp?=\r\n" +
	" =?us-ascii?Q?bCBidXQgc2hvcnRlcg=3D=3D?=\r\n" +
	"X-OriginatorOrg: contoso.com\r\n" +
	"X-MS-Exchange-CrossTenant-AuthAs: Internal\r\n" +
	"X-MS-Exchange-CrossTenant-AuthSource: DB9PR04MB8461.eurprd04.prod.outlook.com\r\n" +
	"X-MS-Exchange-CrossTenant-Network-Message-Id: 5b8f4f8e-6d4f-4a37-9c0b-08de28f0a7c1\r\n" +
	"X-MS-Exchange-CrossTenant-FromEntityHeader: Hosted\r\n" +
	"X-MS-Exchange-CrossTenant-Id: 0b1c6f1e-1f4d-4a57-8e63-2f6f1e0c9d3a\r\n" +
	"X-MS-Exchange-CrossTenant-MailboxType: HOSTED\r\n" +
	"X-MS-Exchange-Transport-CrossTenantHeadersStamped: AM0PR04MB6452\r\n"

// exchangeFields is the message as Exchange Online hands it to a connector: the
// client's fields and body untouched between the service's own.
func exchangeFields(raw []byte, at time.Time) []byte {
	header, body := splitMessage(raw)
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s%s%s%s\r\n", receivedField(at), aboveFields, header, belowFields)
	b.Write(body)
	return b.Bytes()
}

// splitMessage parts a message at the blank line, which belongs to neither
// side. A message without one is all header.
func splitMessage(raw []byte) (header, body []byte) {
	if i := bytes.Index(raw, []byte("\r\n\r\n")); i >= 0 {
		return raw[:i+2], raw[i+4:]
	}
	return raw, nil
}

// fieldLines are the fields of the header, each with its folding and without
// its final line end.
func fieldLines(raw []byte) []string {
	header, _ := splitMessage(raw)
	var fields []string
	for line := range strings.SplitSeq(strings.TrimSuffix(string(header), "\r\n"), "\r\n") {
		if n := len(fields); n > 0 && (strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")) {
			fields[n-1] += "\r\n" + line
		} else {
			fields = append(fields, line)
		}
	}
	return fields
}

// fieldValues are the values of all fields of the name, unfolded and trimmed.
func fieldValues(raw []byte, name string) []string {
	var values []string
	for _, field := range fieldLines(raw) {
		if n, value, ok := strings.Cut(field, ":"); ok && strings.EqualFold(strings.TrimSpace(n), name) {
			values = append(values, strings.TrimSpace(strings.ReplaceAll(value, "\r\n", "")))
		}
	}
	return values
}

// messageID is the Message-ID without angle brackets, empty if there is none.
func messageID(raw []byte) string {
	for _, value := range fieldValues(raw, "Message-ID") {
		return strings.Trim(value, "<>")
	}
	return ""
}
