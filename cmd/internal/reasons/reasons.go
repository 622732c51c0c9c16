// Package reasons says in words what each reason of a decision is, and what an admin can do
// about it. docs/troubleshooting.md has the same rows.
package reasons

import "regexp"

// Nothing is what to do where all is well.
const Nothing = "Nothing."

// link is one of the documentation, with what it shows.
var link = regexp.MustCompile(`\[([^\]]+)\]\([^)]*\)`)

// Plain is one of the [Words] for a terminal: of a link, what it shows is left.
func Plain(words string) string { return link.ReplaceAllString(words, "$1") }

// Words explain a reason.
type Words struct {
	Is string // what it is
	Do string // what to do, or [Nothing]
}

// Of explains each reason that a report may give. Names of settings and verbs stand in
// backquotes, and what is in square brackets links within the documentation.
var Of = map[string]Words{
	"rule": {
		Is: "A rule says to sign.",
		Do: Nothing,
	},
	"guard": {
		Is: "The guard field is there, with a seal of ours if there are keys: the message was handled before.",
		Do: "Nothing. If new mail has it, look for what else sets the field.",
	},
	"other-guard": {
		Is: "A field of `guard.also_honour` says that another product signed it.",
		Do: "Take the field out of the list when that product is gone.",
	},
	"already-there": {
		Is: "The signature stands in the text already and may not be replaced.",
		Do: "Look at `replace_existing`.",
	},
	"probe": {
		Is: "Exchange Online validates the connector.",
		Do: Nothing,
	},
	"null-sender": {
		Is: "The envelope sender is empty: an automatic message, or one of a group whose owner gets no reports.",
		Do: "For a group, set `ReportToOriginatorEnabled` in Exchange Online.",
	},
	"automatic": {
		Is: "An automatic reply or another message that no person wrote.",
		Do: Nothing,
	},
	"report": {
		Is: "A delivery report or a read receipt.",
		Do: Nothing,
	},
	"calendar": {
		Is: "A meeting request or an answer to one; a change would break it. A calendar that is published or attached is a file, and the mail is signed.",
		Do: Nothing,
	},
	"smime": {
		Is: "Signed or encrypted with S/MIME. A signed file (`contract.pdf.p7m`) that is attached does not count.",
		Do: Nothing,
	},
	"pgp": {
		Is: "Signed or encrypted with OpenPGP.",
		Do: Nothing,
	},
	"signed-part": {
		Is: "Has a multipart/signed part; a change would break the signature.",
		Do: Nothing,
	},
	"encrypted-part": {
		Is: "Has a multipart/encrypted part.",
		Do: Nothing,
	},
	"rights-managed": {
		Is: "Protected by rights management or a label that encrypts.",
		Do: Nothing,
	},
	"tnef": {
		Is: "The formatted text is in winmail.dat. Beside an HTML text it is but a file.",
		Do: "Switch TNEF off: `Set-RemoteDomain Default -TNEFEnabled $false`.",
	},
	"journal": {
		Is: "A journal report.",
		Do: Nothing,
	},
	"recall": {
		Is: "A request to recall a message, or its report.",
		Do: Nothing,
	},
	"voice": {
		Is: "Voice mail, a fax or a missed call.",
		Do: Nothing,
	},
	"patch": {
		Is: "A patch for a program's source, by its subject (`[PATCH 1/3]`) or all of its text, which must stay as it is to the byte. What is pasted into a letter does not count.",
		Do: Nothing,
	},
	"no-author": {
		Is: "The From field has no address. If the message is proven to be a tenant's all the same, `on_unclear_author` says what becomes of it.",
		Do: "Mend what sends such mail.",
	},
	"no-tenant": {
		Is: "The author's domain is in no tenant. If the message is proven to be a tenant's, likewise.",
		Do: "Add the domain to `tenant.NAME.domains` if it is yours. Mail that Exchange redirects has a stranger's From field and your code: except it in the transport rule, or set `on_unclear_author`.",
	},
	"unclear-author": {
		Is: "There are several From fields, or the one is not built as RFC 5322 says and several addresses are in it, or an address in it is not the one that readers show. `on_unclear_author` says what becomes of such mail.",
		Do: "Mend what sends it.",
	},
	"unproven": {
		Is: "The author's domain is a tenant's, and what `proof.require` asks for is missing. With `proof.unproven` it is refused or deferred instead.",
		Do: "`sigmilter explain` tells what is missing. If such mail is yours, look at the transport rule and at the code.",
	},
	"unknown-author": {
		Is: "The directory has no address of the From or Sender field.",
		Do: "Add the person, or the address to `proxyAddresses`; for printers and the like nothing, or set `default_person` or `default_template`.",
	},
	"no-rule": {
		Is: "No rule applies.",
		Do: "Add a rule, or nothing. `sigmilter explain` tells what each rule misses.",
	},
	"opt-out": {
		Is: "The author took the rules out with a keyword of `opt_out`, which is removed from the subject.",
		Do: Nothing,
	},
	"no-signature": {
		Is: "The rule that applies has `reply_signature = \"none\"`, and this is a reply or a forward.",
		Do: Nothing,
	},
	"not-selected": {
		Is: "None of the selections asks for a signature here.",
		Do: "Look at `on_new` and `on_reply`.",
	},
	"message-too-big": {
		Is: "The body is larger than `limits.message_bytes`.",
		Do: "Raise the limit, and Postfix's `message_size_limit` with it.",
	},
	"line-too-long": {
		Is: "A line of a text part is longer than `limits.line_bytes`.",
		Do: "Raise the limit.",
	},
	"text-too-big": {
		Is: "A text part is larger than `limits.text_bytes`.",
		Do: "Raise the limit.",
	},
	"too-complex": {
		Is: "It takes more work, or a text of it more memory, than its size allows: markup or lines by the hundred thousand with hardly a letter between. No client writes such mail.",
		Do: "Look at what sends such mail.",
	},
	"too-many-parts": {
		Is: "More parts than `limits.parts`.",
		Do: "Raise the limit if such mail is genuine.",
	},
	"too-deep": {
		Is: "Nested deeper than `limits.depth`.",
		Do: "Raise the limit if such mail is genuine.",
	},
	"header-too-long": {
		Is: "The header of a part is beyond any reasonable length.",
		Do: "Look at what sends such mail.",
	},
	"too-many-fields": {
		Is: "The parts have more than 20,000 fields together, or a `Content-Type` or `Content-Disposition` has more than 200 parameters.",
		Do: "Look at what sends such mail.",
	},
	"malformed": {
		Is: "A multipart without a part.",
		Do: "Look at what sends such mail.",
	},
	"no-text": {
		Is: "There is no text that a reader sees as the message, only attachments.",
		Do: "Nothing, or set `attach_only = \"add\"`.",
	},
	"amp": {
		Is: "There is an AMP form (text/x-amp-html), into which no block can be put.",
		Do: "Nothing, or set `amp = \"drop\"`.",
	},
	"unknown-encoding": {
		Is: "A text part has a transfer encoding that does not exist.",
		Do: "Look at what sends such mail.",
	},
	"charset": {
		Is: "The character set is unknown or not what the label says, or the signature cannot be written in it without risk.",
		Do: "Look at what sends such mail.",
	},
	"undecodable": {
		Is: "A text part does not decode.",
		Do: "Look at what sends such mail.",
	},
	"ambiguous": {
		Is: "Two mail programs would take two things for the message: a boundary or a type that is there twice, a header that does not end, and the like. The log says which part, and what.",
		Do: "Look at what sends such mail.",
	},
	"unsigned-form": {
		Is: "Under `enforce` only: a mail program may show a form of the message that takes no block, such as a picture or text/enriched in an alternative. The log says which part.",
		Do: "Look at what sends such mail.",
	},
	"hollow": {
		Is: "Under `enforce` only: it says that it is signed, encrypted or a meeting, but the parts for that are missing or do not parse, and there is no text beside them that could be signed.",
		Do: "Look at what sends such mail.",
	},
	"sealed-in-part": {
		Is: "Under `enforce` only: a part of the text has a signature of OpenPGP, so that a block in it might break it, and the rest has none.",
		Do: "Sign the whole text, or use PGP/MIME.",
	},
	"no-place": {
		Is: "One form of the message has no place for a signature, so no form gets one.",
		Do: "Try the message with `sigmilter sign --report -`.",
	},
	"loop": {
		Is: "It has come through this relay more than `guard.max_passes` times. With `guard.on_loop = \"tempfail\"` it is held and `action` is `failed`.",
		Do: "See that the transport rule excepts `guard.field`, and that nothing removes the field on the way. Then let what is held go with `on_loop = \"pass\"`.",
	},
	"store": {
		Is: "The state file could not be read.",
		Do: "Look at the disk. A damaged file is set aside as `NAME.damaged-TIME` and the daemon ends; the next one fills a new file from the sources.",
	},
	"stale": {
		Is: "The tenant's people are older than `max_stale`, and `on_stale` says to pass or to defer.",
		Do: "Look why its sources cannot be read: the log names it.",
	},
	"first-reading": {
		Is: "A source of the tenant is being read for the first time, and the tenant had nobody before, or nobody has the author's address yet. Deferred whatever `on_error` says.",
		Do: "Nothing, while it is read. Look at a source that hangs: see [directories.md](directories.md#the-first-start).",
	},
	"proof-lookup": {
		Is: "DNS does not tell the key of a DKIM signature that the tenant's proof needs.",
		Do: "Look at the resolver. Add another proof, such as `\"routing or dkim\"`.",
	},
	"render": {
		Is: "The template failed for this person. Passes, unless `on_render_error = \"tempfail\"`.",
		Do: "Mend the template; try it with `sigmilter preview`.",
	},
	"hidden": {
		Is: "A block of a rule with `enforce` would not be seen in the HTML: the log says which element or property hides it. Deferred, unless `on_hidden = \"pass\"` or `enforce = \"text\"` lets it go.",
		Do: "Look at the mail: somebody hides the block, or uses markup that does so by accident. See [rules.md](rules.md#what-is-promised-in-html).",
	},
	"body": {
		Is: "The collected body could not be read back.",
		Do: "Look at the disk with the temporary folder.",
	},
	"panic": {
		Is: "A fault of the program.",
		Do: "Report it with the lines of the log.",
	},
	"spool": {
		Is: "The body could not be written to its temporary file, or `limits.spool_bytes` is reached.",
		Do: "Look at the disk with the folder `spool`.",
	},
	"memory": {
		Is: "The messages in hand take as much memory as `limits.memory` lets them.",
		Do: "Raise the limit, and `MemoryMax=` of the unit with it: see [running.md](running.md#memory).",
	},
	"too-slow": {
		Is: "The work on the message took longer than `timeouts.message`.",
		Do: "Look at the load of the machine. Report a message that is always slow.",
	},
	"edit": {
		Is: "The edits contradict themselves; none was sent.",
		Do: "Report it with the lines of the log.",
	},
	"header-too-big": {
		Is: "More fields than `limits.header_fields` or bytes than `limits.header_bytes`, or `limits.memory` is used up. Never passes.",
		Do: "Raise the limit if such mail is genuine.",
	},
	"replay": {
		Is: "The edits could not be sent to the MTA. Never passes.",
		Do: "Look at the MTA's log for the same message.",
	},
	"sequence": {
		Is: "The MTA ended a message whose header it had not ended. Never passes.",
		Do: "Report it with the MTA's name and version.",
	},
}
