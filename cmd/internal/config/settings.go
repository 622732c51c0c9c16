package config

import (
	"fmt"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"sigmilter/cmd/internal/config/tomltree"
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
		Log:       Log{Level: slog.LevelInfo, Format: Auto},
	}
}

// settings is the whole language of the files. Sockets and what is local start at dir. Order matters in six places:
// templates include partials, tenants take on_error from the top, tenants refer to templates, rules take their
// defaults from place and refer to templates, and a tenant's precedence refers to
// its sources.
func (c *Config) settings(dir string) []tomltree.Setting {
	return []tomltree.Setting{
		{Key: "listen", Read: tomltree.One(addressesIn(dir), &c.Listen)},
		{Key: "socket_mode", Read: tomltree.One(modes, &c.SocketMode)},
		{Key: "socket_group", Read: tomltree.One(groups, &c.SocketGroup)},
		{Key: "state", Read: tomltree.One(pathsIn(dir), &c.State)},
		{Key: "control", Read: tomltree.One(controlsIn(dir), &c.Control)},
		{Key: "metrics", Read: tomltree.One(hostPorts, &c.Metrics)},
		{Key: "spool", Read: tomltree.One(pathsIn(dir), &c.Spool)},
		{Key: "on_error", Read: tomltree.Choice(&c.OnError, Tempfail, Pass)},
		{Key: "on_render_error", Read: tomltree.Choice(&c.OnRenderError, Tempfail, Pass)},
		{Key: "on_hidden", Read: tomltree.Choice(&c.OnHidden, Tempfail, Pass)},
		{Key: "limits", Read: tomltree.Table(
			tomltree.Setting{Key: "message_bytes", Read: tomltree.Size(&c.Limits.MessageBytes)},
			tomltree.Setting{Key: "body_memory", Read: tomltree.Size(&c.Limits.BodyMemory)},
			tomltree.Setting{Key: "memory", Read: tomltree.Size(&c.Limits.Memory)},
			tomltree.Setting{Key: "spool_bytes", Read: tomltree.Size(&c.Limits.SpoolBytes)},
			tomltree.Setting{Key: "header_fields", Read: tomltree.Count(&c.Limits.HeaderFields, 1_000_000)},
			tomltree.Setting{Key: "header_bytes", Read: tomltree.Size(&c.Limits.HeaderBytes)},
			tomltree.Setting{Key: "sessions", Read: tomltree.Count(&c.Limits.Sessions, 100_000)},
			tomltree.Setting{Key: "parts", Read: tomltree.Count(&c.Limits.Parts, 1_000_000)},
			tomltree.Setting{Key: "depth", Read: tomltree.Count(&c.Limits.Depth, 1000)},
			tomltree.Setting{Key: "text_bytes", Read: tomltree.Size(&c.Limits.TextBytes)},
			tomltree.Setting{Key: "line_bytes", Read: tomltree.Size(&c.Limits.LineBytes)},
		)},
		{Key: "timeouts", Read: tomltree.Table(
			tomltree.Setting{Key: "idle", Read: tomltree.One(durations, &c.Timeouts.Idle)},
			tomltree.Setting{Key: "write", Read: tomltree.One(durations, &c.Timeouts.Write)},
			tomltree.Setting{Key: "stop", Read: tomltree.One(durations, &c.Timeouts.Stop)},
			tomltree.Setting{Key: "message", Read: tomltree.One(durations, &c.Timeouts.Message)},
			tomltree.Setting{Key: "dns", Read: tomltree.One(durations, &c.Timeouts.DNS)},
		)},
		{Key: "guard", Read: tomltree.Table(
			tomltree.Setting{Key: "field", Read: tomltree.One(fieldNames, &c.Guard.Field)},
			tomltree.Setting{Key: "also_honour", Read: tomltree.Many(fieldNames, &c.Guard.AlsoHonour)},
			tomltree.Setting{Key: "key_file", Read: c.Guard.readKeys},
			tomltree.Setting{Key: "lifetime", Read: tomltree.One(durations, &c.Guard.Lifetime)},
			tomltree.Setting{Key: "max_passes", Read: tomltree.Count(&c.Guard.MaxPasses, 100)},
			tomltree.Setting{Key: "on_loop", Read: tomltree.Choice(&c.Guard.OnLoop, Tempfail, Pass)},
		)},
		{Key: "cache", Read: tomltree.Table(
			tomltree.Setting{Key: "ttl", Read: tomltree.One(durations, &c.Cache.TTL)},
		)},
		{Key: "place", Read: tomltree.Table(append(c.Place.Selections.settings(),
			tomltree.Setting{Key: "marker", Read: tomltree.One(markers, &c.Place.Marker)},
			tomltree.Setting{Key: "signoffs", Read: tomltree.Many(patterns, &c.Place.Signoffs)},
			tomltree.Setting{Key: "attach_only", Read: tomltree.Choice(&c.Place.AttachOnly, PassThrough, AddText)},
			tomltree.Setting{Key: "amp", Read: tomltree.Choice(&c.Place.AMP, PassAMP, DropAMP)},
			tomltree.Setting{Key: "opt_out", Read: tomltree.Many(keywords, &c.Place.OptOut)},
			tomltree.Setting{Key: "thread_token", Read: tomltree.Boolean(&c.Place.ThreadToken)},
			tomltree.Setting{Key: "learn", Read: tomltree.Boolean(&c.Place.Learn)},
		)...)},
		{Key: "kinds", Read: tomltree.Table(
			tomltree.Setting{Key: "sign", Read: tomltree.Many(conventions, &c.Kinds.Sign)},
			tomltree.Setting{Key: "enforced_pass", Read: tomltree.Many(conventions, &c.Kinds.EnforcedPass)},
			tomltree.Setting{Key: "enforced_defer", Read: tomltree.Many(conventions, &c.Kinds.EnforcedDefer)},
		)},
		{Key: "blocks", Read: c.Blocks.read},
		{Key: "template", Read: c.readTemplates, Absent: tomltree.Missing("add a table [template.NAME] with the html file of a signature")},
		{Key: "tenant", Read: c.readTenants, Absent: tomltree.Missing("add a table [tenant.NAME] with its domains")},
		{Key: "rule", Read: c.readRules, Absent: c.impliedRule},
		{Key: "decisions", Read: tomltree.Table(
			tomltree.Setting{Key: "days", Read: tomltree.Number(&c.Decisions.Days, 0, 366)},
			tomltree.Setting{Key: "bytes", Read: tomltree.Size(&c.Decisions.Bytes)},
		)},
		{Key: "log", Read: tomltree.Table(
			tomltree.Setting{Key: "level", Read: tomltree.One(logLevels, &c.Log.Level)},
			tomltree.Setting{Key: "format", Read: tomltree.Choice(&c.Log.Format, Auto, Logfmt, JSON, Journald)},
		)},
	}
}

func (s *Selections) settings() []tomltree.Setting {
	return []tomltree.Setting{
		{Key: "replace_existing", Read: tomltree.Boolean(&s.ReplaceExisting)},
		{Key: "replace_signoff", Read: tomltree.Boolean(&s.ReplaceSignoff)},
		{Key: "on_new", Read: tomltree.Boolean(&s.OnNew)},
		{Key: "on_reply", Read: tomltree.Boolean(&s.OnReply)},
	}
}

// readTenants refuses a domain that another tenant has: an author's tenant must
// be beyond doubt.
func (c *Config) readTenants(v tomltree.Value) {
	own := newOwners()
	tomltree.Named(func(name string, v tomltree.Value) {
		t := Tenant{Name: name, OnStale: StaleSign, OnBehalf: OnBehalfFrom, OnError: c.OnError}
		t.Proof.RoutingField = defaultRoutingField
		var w proofWritten
		tomltree.Table(append(c.proofSettings(&t.Proof, &w),
			tomltree.Setting{Key: "domains", Read: own.readDomains(&t), Absent: tomltree.Missing(`write domains = ["contoso.com"]`)},
			tomltree.Setting{Key: "directory", Read: t.readDirectories,
				Absent: tomltree.Missing("add a table [" + v.At("directory").Path + "] with the path of a CSV file")},
			tomltree.Setting{Key: "precedence", Read: tomltree.Named(t.readPrecedence)},
			tomltree.Setting{Key: "max_stale", Read: tomltree.One(durations, &t.MaxStale)},
			tomltree.Setting{Key: "on_stale", Read: tomltree.Choice(&t.OnStale, StaleSign, StalePass, StaleDefer)},
			tomltree.Setting{Key: "on_error", Read: tomltree.Choice(&t.OnError, Tempfail, Pass)},
			tomltree.Setting{Key: "on_unclear_author", Read: tomltree.Choice(&t.OnUnclearAuthor, UnclearPass, UnclearTempfail, UnclearRefuse)},
			tomltree.Setting{Key: "on_behalf", Read: tomltree.Choice(&t.OnBehalf, OnBehalfFrom, OnBehalfSender)},
			tomltree.Setting{Key: "default_person", Read: t.readDefaultPerson},
			tomltree.Setting{Key: "default_template", Read: c.template(&t.DefaultTemplate)},
			tomltree.Setting{Key: "microsoft365", Read: tomltree.Or(nil, t.Microsoft365.read)},
		)...)(v)
		c.completeProof(v, &t.Proof, w)
		own.addProof(&t, v)
		c.Tenants = append(c.Tenants, t)
	})(v)
}

// readDomains wants each domain to be the tenant's own.
func (o tenantOwned) readDomains(t *Tenant) tomltree.Reader {
	return func(v tomltree.Value) {
		tomltree.Many(domains, &t.Domains)(v)
		if list, ok := v.Elements(); ok && len(list) == 0 {
			v.Fault("has no domain", `write domains = ["contoso.com"]`)
		}
		for _, domain := range t.Domains {
			if owner, taken := o.domains[domain]; taken {
				v.Fault(fmt.Sprintf("%q is already a domain of tenant %q", domain, owner), "leave it in one place")
			}
			o.domains[domain] = t.Name
		}
	}
}

func (c *Config) readTemplates(v tomltree.Value) {
	tomltree.Named(func(name string, v tomltree.Value) {
		if name == noSignature {
			v.Fault(`"none" stands for no signature in rules`, "choose another name")
			return
		}
		t := Template{Name: name}
		tomltree.Table(
			tomltree.Setting{Key: "html", Read: contents(&t.HTMLPath, &t.HTML), Absent: tomltree.Missing(`write html = "` + name + `.html"`)},
			tomltree.Setting{Key: "text", Read: contents(&t.TextPath, &t.Text)},
			tomltree.Setting{Key: "ready", Read: tomltree.Boolean(&t.Ready)},
		)(v)
		t.parse(v, c.Blocks)
		// A faulty template counts as there, or its rules would be faulty too.
		c.Templates[name] = t
	})(v)
}

// contents reads a file name and the text of the file.
func contents(path, text *string) tomltree.Reader {
	return func(v tomltree.Value) {
		tomltree.One(paths(v), path)(v)
		if *path == "" {
			return
		}
		*text, _ = readTemplateFile(v, *path)
	}
}

// readTemplateFile reads the file of a template or a partial.
func readTemplateFile(v tomltree.Value, path string) (text string, ok bool) {
	text, err := v.Tree().Folder.ReadText(path, maxFile)
	if err != nil {
		v.Fault(path+" "+err.Error(), readingFix(err, tomltree.Advice(path, err, "write the name of a file that sigmilter may read")))
	} else if strings.TrimSpace(text) == "" {
		v.Fault(path+" is empty", "put the signature into it")
	} else {
		return text, true
	}
	return "", false
}

// parse parses the template. The HTML alone comes first, so that a fault is laid
// at the right file.
func (t *Template) parse(v tomltree.Value, b Blocks) {
	const fix = "mend the template"
	if t.HTML == "" {
		return
	}
	t.HTML, t.Pictures = readPictures(v.At("html"), t.HTMLPath, t.HTML)
	var err error
	t.Parsed, err = b.options.Parse(t.Name, t.HTML, "")
	if err != nil {
		v.At("html").Fault(inTemplate(t.HTMLPath, err), fix)
		return
	}
	t.addPictures(b)
	t.Parsed, err = b.options.Parse(t.Name, t.HTML, t.Text)
	if err != nil {
		v.At("text").Fault(inTemplate(t.TextPath, err), fix)
	}
}

// templateLine is how an error begins that the template packages have found in one of the
// files of a template.
var templateLine = regexp.MustCompile(`^parse template .*?: .*? \((?:HTML|text)\)(:\d+)(?::\d+)?: (.*)`)

// inTemplate is a fault in the file of a template, with the line if the error has one.
func inTemplate(path string, err error) string {
	if at := templateLine.FindStringSubmatch(err.Error()); at != nil {
		return path + at[1] + ": " + at[2]
	}
	return fmt.Sprintf("%s: %v", path, err)
}

func (c *Config) readRules(v tomltree.Value) {
	seen := map[string]bool{}
	secret := c.secretFields()
	tomltree.Tables(func(v tomltree.Value) {
		r := Rule{Stop: true, Plain: KeepPlain, Selections: c.Place.Selections}
		if !v.Has("opt_out") {
			r.OptOut = c.Place.OptOut
		}
		var reply string
		signature := tomltree.Setting{Key: "signature", Read: c.template(&r.Signature)}
		if !v.Has("disclaimer") && !v.Has("banner") {
			signature.Absent = tomltree.Missing("name a template")
		}
		tomltree.Table(slices.Concat([]tomltree.Setting{
			{Key: "name", Read: tomltree.One(plainNames, &r.Name), Absent: tomltree.Missing(`write name = "outside"`)},
		}, conditionSettings(&r.If), []tomltree.Setting{
			{Key: "except", Read: tomltree.Or(nil, tomltree.Table(conditionSettings(&r.Except)...))},
			{Key: "opt_out", Read: tomltree.Many(keywords, &r.OptOut)},
			signature,
			{Key: "reply_signature", Read: tomltree.OrOf(func() any { return r.Signature }, c.template(&reply, noSignature))},
			{Key: "disclaimer", Read: c.template(&r.Disclaimer)},
			{Key: "banner", Read: c.template(&r.Banner)},
			{Key: "plain", Read: tomltree.Choice(&r.Plain, KeepPlain, Alternative)},
			{Key: "stop", Read: tomltree.Boolean(&r.Stop)},
			{Key: "enforce", Read: enforcement(&r.Enforce, &r.EnforceByText)},
		}, r.Selections.settings())...)(v)
		if r.Name != "" && seen[r.Name] {
			v.At("name").Fault(fmt.Sprintf("%q is the name of an earlier rule", r.Name), "choose another name")
		}
		seen[r.Name] = true
		keepSecrets(v, r.If, secret)
		keepSecrets(v.At("except"), r.Except, secret)
		r.ReplySignature = replySignature(r.Signature, reply)
		c.Rules = append(c.Rules, r)
	})(v)
	if list, ok := v.Elements(); ok && len(list) == 0 {
		c.impliedRule(v)
	}
	c.warnShadows(v)
}

// impliedRule stands in when there is no rule: a sole template is meant for all
// mail, of several one must be chosen.
func (c *Config) impliedRule(v tomltree.Value) {
	if len(c.Templates) > 1 {
		v.Fault("is missing", "add a [[rule]] with the name of a template as its signature")
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
func (c *Config) template(dst *string, words ...string) tomltree.Reader {
	return func(v tomltree.Value) {
		if len(c.Templates) == 0 {
			// The lack of templates is a fault already.
			return
		}
		if name, ok := v.Raw.(string); ok && c.Templates[name].Name != "" {
			*dst = name
			return
		}
		tomltree.Choice(dst, append(slices.Sorted(maps.Keys(c.Templates)), words...)...)(v)
	}
}

// enforcement reads true, false or "text", which is true with a way out.
func enforcement(dst, byText *bool) tomltree.Reader {
	return func(v tomltree.Value) {
		if v.Asks(*dst) {
			return
		}
		switch v.Raw {
		case true, false, "text":
			*dst, *byText = v.Raw != false, v.Raw == "text"
		default:
			v.Mistyped(`true, false or "text"`, `write true, false or "text"`)
		}
	}
}
