package config

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"sigmilter/milter/policy"
)

// noSignature is what a rule writes for replies that get none.
const noSignature = "none"

// defaults is the configuration before any file is read.
func defaults() *Config {
	return &Config{
		Listen:     "unix:/run/sigmilter/milter.sock",
		SocketMode: 0o660,
		State:      "/var/lib/sigmilter/sigmilter.db",
		Control:    defaultControl,
		OnError:    Tempfail,
		// A template that fails for one person holds up nobody's mail.
		OnRenderError: Pass,
		OnHidden:      Tempfail,
		Limits: Limits{
			MessageBytes: 150 << 20,
			BodyMemory:   1 << 20,
			Memory:       256 << 20,
			SpoolBytes:   10 << 30,
			HeaderFields: 10_000,
			HeaderBytes:  1 << 20,
			Sessions:     500,
			Parts:        1000,
			Depth:        30,
			TextBytes:    8 << 20,
			LineBytes:    8 << 20,
		},
		Timeouts:  Timeouts{Idle: 10 * time.Minute, Write: 30 * time.Second, Stop: 60 * time.Second, Message: 60 * time.Second, DNS: 2 * time.Second},
		Guard:     Guard{Field: "X-Sigmilter-Handled", Lifetime: 48 * time.Hour, MaxPasses: 3, OnLoop: Tempfail},
		Cache:     Cache{TTL: 20 * time.Minute},
		Place:     Place{Selections: Selections{true, true, true, true}, Marker: "{EMAILSIGNATURE}", AttachOnly: PassThrough, AMP: PassAMP, ThreadToken: true},
		Blocks:    defaultBlocks(),
		Templates: map[string]Template{},
		Decisions: Decisions{Days: 7, Bytes: 256 << 20},
		Log:       Log{Level: slog.LevelInfo, Format: Logfmt},
	}
}

// settings is the whole language of the file. Order matters in six places:
// templates include partials, tenants take on_error from the top, tenants refer to templates, rules take their
// defaults from place and refer to templates, and a tenant's precedence refers to
// its sources.
func (c *Config) settings(src *source) []setting {
	return []setting{
		{key: "listen", read: one(addressesIn(src.dir), &c.Listen)},
		{key: "socket_mode", read: one(modes, &c.SocketMode)},
		{key: "socket_group", read: one(groups, &c.SocketGroup)},
		{key: "state", read: one(pathsIn(src.dir), &c.State)},
		{key: "control", read: one(controlsIn(src.dir), &c.Control)},
		{key: "metrics", read: one(hostPorts, &c.Metrics)},
		{key: "spool", read: one(pathsIn(src.dir), &c.Spool)},
		{key: "on_error", read: choice(&c.OnError, Tempfail, Pass)},
		{key: "on_render_error", read: choice(&c.OnRenderError, Tempfail, Pass)},
		{key: "on_hidden", read: choice(&c.OnHidden, Tempfail, Pass)},
		{key: "limits", read: table(
			setting{key: "message_bytes", read: size(&c.Limits.MessageBytes)},
			setting{key: "body_memory", read: size(&c.Limits.BodyMemory)},
			setting{key: "memory", read: size(&c.Limits.Memory)},
			setting{key: "spool_bytes", read: size(&c.Limits.SpoolBytes)},
			setting{key: "header_fields", read: count(&c.Limits.HeaderFields, 1_000_000)},
			setting{key: "header_bytes", read: size(&c.Limits.HeaderBytes)},
			setting{key: "sessions", read: count(&c.Limits.Sessions, 100_000)},
			setting{key: "parts", read: count(&c.Limits.Parts, 1_000_000)},
			setting{key: "depth", read: count(&c.Limits.Depth, 1000)},
			setting{key: "text_bytes", read: size(&c.Limits.TextBytes)},
			setting{key: "line_bytes", read: size(&c.Limits.LineBytes)},
		)},
		{key: "timeouts", read: table(
			setting{key: "idle", read: one(durations, &c.Timeouts.Idle)},
			setting{key: "write", read: one(durations, &c.Timeouts.Write)},
			setting{key: "stop", read: one(durations, &c.Timeouts.Stop)},
			setting{key: "message", read: one(durations, &c.Timeouts.Message)},
			setting{key: "dns", read: one(durations, &c.Timeouts.DNS)},
		)},
		{key: "guard", read: table(
			setting{key: "field", read: one(fieldNames, &c.Guard.Field)},
			setting{key: "also_honour", read: many(fieldNames, &c.Guard.AlsoHonour)},
			setting{key: "key_file", read: c.Guard.readKeys},
			setting{key: "lifetime", read: one(durations, &c.Guard.Lifetime)},
			setting{key: "max_passes", read: count(&c.Guard.MaxPasses, 100)},
			setting{key: "on_loop", read: choice(&c.Guard.OnLoop, Tempfail, Pass)},
		)},
		{key: "cache", read: table(
			setting{key: "ttl", read: one(durations, &c.Cache.TTL)},
		)},
		{key: "place", read: table(append(c.Place.Selections.settings(),
			setting{key: "marker", read: one(markers, &c.Place.Marker)},
			setting{key: "signoffs", read: many(patterns, &c.Place.Signoffs)},
			setting{key: "attach_only", read: choice(&c.Place.AttachOnly, PassThrough, AddText)},
			setting{key: "amp", read: choice(&c.Place.AMP, PassAMP, DropAMP)},
			setting{key: "opt_out", read: many(keywords, &c.Place.OptOut)},
			setting{key: "thread_token", read: boolean(&c.Place.ThreadToken)},
			setting{key: "learn", read: boolean(&c.Place.Learn)},
		)...)},
		{key: "kinds", read: table(
			setting{key: "sign", read: many(conventions, &c.Kinds.Sign)},
			setting{key: "enforced_pass", read: many(conventions, &c.Kinds.EnforcedPass)},
			setting{key: "enforced_defer", read: many(conventions, &c.Kinds.EnforcedDefer)},
		)},
		{key: "blocks", read: c.Blocks.read},
		{key: "template", read: c.readTemplates, absent: missing("add a table [template.NAME] with the html file of a signature")},
		{key: "tenant", read: c.readTenants, absent: missing("add a table [tenant.NAME] with its domains")},
		{key: "rule", read: c.readRules, absent: c.impliedRule},
		{key: "decisions", read: table(
			setting{key: "days", read: number(&c.Decisions.Days, 0, 366)},
			setting{key: "bytes", read: size(&c.Decisions.Bytes)},
		)},
		{key: "log", read: table(
			setting{key: "level", read: one(levels, &c.Log.Level)},
			setting{key: "format", read: choice(&c.Log.Format, Logfmt, JSON, Journald)},
		)},
	}
}

func (s *Selections) settings() []setting {
	return []setting{
		{key: "replace_existing", read: boolean(&s.ReplaceExisting)},
		{key: "replace_signoff", read: boolean(&s.ReplaceSignoff)},
		{key: "on_new", read: boolean(&s.OnNew)},
		{key: "on_reply", read: boolean(&s.OnReply)},
	}
}

// readTenants refuses a domain that another tenant has: an author's tenant must
// be beyond doubt.
func (c *Config) readTenants(v value) {
	owners := map[string]string{}
	named(func(name string, v value) {
		t := Tenant{Name: name, OnStale: StaleSign, OnBehalf: OnBehalfFrom, OnError: c.OnError}
		t.Proof.RoutingField = defaultRoutingField
		var w proofWritten
		table(append(c.proofSettings(&t.Proof, &w),
			setting{key: "domains", read: ownDomains(&t, owners), absent: missing(`write domains = ["contoso.com"]`)},
			setting{key: "directory", read: t.readDirectories,
				absent: missing("add a table [" + child(v.path, "directory") + "] with the path of a CSV file")},
			setting{key: "precedence", read: named(t.readPrecedence)},
			setting{key: "max_stale", read: one(durations, &t.MaxStale)},
			setting{key: "on_stale", read: choice(&t.OnStale, StaleSign, StalePass, StaleDefer)},
			setting{key: "on_error", read: choice(&t.OnError, Tempfail, Pass)},
			setting{key: "on_unclear_author", read: choice(&t.OnUnclearAuthor, UnclearPass, UnclearTempfail, UnclearRefuse)},
			setting{key: "on_behalf", read: choice(&t.OnBehalf, OnBehalfFrom, OnBehalfSender)},
			setting{key: "default_person", read: t.readDefaultPerson},
			setting{key: "default_template", read: c.template(&t.DefaultTemplate)},
			setting{key: "microsoft365", read: t.Microsoft365.read},
		)...)(v)
		c.completeProof(v, &t.Proof, w)
		c.Tenants = append(c.Tenants, t)
	})(v)
}

func ownDomains(t *Tenant, owners map[string]string) reader {
	return func(v value) {
		many(domains, &t.Domains)(v)
		if list, ok := v.elements(); ok && len(list) == 0 {
			v.fault("has no domain", `write domains = ["contoso.com"]`)
		}
		for _, domain := range t.Domains {
			if owner, taken := owners[domain]; taken {
				v.fault(fmt.Sprintf("%q is already a domain of tenant %q", domain, owner), "leave it in one place")
			}
			owners[domain] = t.Name
		}
	}
}

func (c *Config) readTemplates(v value) {
	named(func(name string, v value) {
		if name == noSignature {
			v.fault(`"none" stands for no signature in rules`, "choose another name")
			return
		}
		t := Template{Name: name}
		table(
			setting{key: "html", read: contents(&t.HTMLPath, &t.HTML), absent: missing(`write html = "` + name + `.html"`)},
			setting{key: "text", read: contents(&t.TextPath, &t.Text)},
			setting{key: "ready", read: boolean(&t.Ready)},
		)(v)
		t.parse(v, c.Blocks)
		// A faulty template counts as there, or its rules would be faulty too.
		c.Templates[name] = t
	})(v)
}

// contents reads a file name and the text of the file.
func contents(path, text *string) reader {
	return func(v value) {
		one(pathsIn(v.src.dir), path)(v)
		if *path == "" {
			return
		}
		*text, _ = readTemplateFile(v, *path)
	}
}

// readTemplateFile reads the file of a template or a partial.
func readTemplateFile(v value, path string) (text string, ok bool) {
	text, err := readText(path)
	switch {
	case err != nil:
		v.fault(path+" "+err.Error(), readingFix(err, "write the name of a file that sigmilter may read"))
	case strings.TrimSpace(text) == "":
		v.fault(path+" is empty", "put the signature into it")
	default:
		return text, true
	}
	return "", false
}

// parse parses the template. The HTML alone comes first, so that a fault is laid
// at the right file.
func (t *Template) parse(v value, b Blocks) {
	const fix = "mend the template"
	if t.HTML == "" {
		return
	}
	t.HTML, t.Pictures = readPictures(v.at("html"), t.HTMLPath, t.HTML)
	var err error
	if t.Parsed, err = b.options.Parse(t.Name, t.HTML, ""); err != nil {
		v.at("html").fault(fmt.Sprintf("%s: %v", t.HTMLPath, err), fix)
		return
	}
	t.addPictures(b)
	if t.Parsed, err = b.options.Parse(t.Name, t.HTML, t.Text); err != nil {
		v.at("text").fault(fmt.Sprintf("%s: %v", t.TextPath, err), fix)
	}
}

func (c *Config) readRules(v value) {
	seen := map[string]bool{}
	tables(func(v value) {
		r := Rule{Stop: true, Plain: KeepPlain, Selections: c.Place.Selections}
		if !v.has("opt_out") {
			r.OptOut = c.Place.OptOut
		}
		var reply string
		signature := setting{key: "signature", read: c.template(&r.Signature)}
		if !v.has("disclaimer") && !v.has("banner") {
			signature.absent = missing("name a template")
		}
		table(slices.Concat([]setting{
			{key: "name", read: one(names, &r.Name), absent: missing(`write name = "outside"`)},
		}, conditions(&r.If), []setting{
			{key: "except", read: table(conditions(&r.Except)...)},
			{key: "opt_out", read: many(keywords, &r.OptOut)},
			signature,
			{key: "reply_signature", read: c.template(&reply, noSignature)},
			{key: "disclaimer", read: c.template(&r.Disclaimer)},
			{key: "banner", read: c.template(&r.Banner)},
			{key: "plain", read: choice(&r.Plain, KeepPlain, Alternative)},
			{key: "stop", read: boolean(&r.Stop)},
			{key: "enforce", read: enforcement(&r.Enforce, &r.EnforceByText)},
		}, r.Selections.settings())...)(v)
		if r.Name != "" && seen[r.Name] {
			v.at("name").fault(fmt.Sprintf("%q is the name of an earlier rule", r.Name), "choose another name")
		}
		seen[r.Name] = true
		c.keepSecrets(v, r.If)
		c.keepSecrets(v.at("except"), r.Except)
		r.ReplySignature = replySignature(r.Signature, reply)
		c.Rules = append(c.Rules, r)
	})(v)
	if list, ok := v.elements(); ok && len(list) == 0 {
		c.impliedRule(v)
	}
	c.warnShadows(v)
}

// impliedRule stands in when there is no rule: a sole template is meant for all
// mail, of several one must be chosen.
func (c *Config) impliedRule(v value) {
	if len(c.Templates) > 1 {
		v.fault("is missing", "add a [[rule]] with the name of a template as its signature")
	}
	for name := range c.Templates {
		c.Rules = []Rule{{
			Name: name, Conditions: policy.Conditions{OptOut: c.Place.OptOut}, Signature: name, ReplySignature: name,
			Plain: KeepPlain, Selections: c.Place.Selections, Stop: true,
		}}
	}
}

func replySignature(signature, reply string) string {
	switch reply {
	case "":
		return signature
	case noSignature:
		return ""
	default:
		return reply
	}
}

// template reads the name of a template, or one of the words beside.
func (c *Config) template(dst *string, words ...string) reader {
	return func(v value) {
		if len(c.Templates) == 0 {
			// The lack of templates is a fault already.
			return
		}
		choice(dst, append(slices.Sorted(maps.Keys(c.Templates)), words...)...)(v)
	}
}
