package engine

import (
	"io"
	"slices"
	"strings"

	"sigmilter/milter/entity"
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
	"sigmilter/milter/seal"
)

// stamped adds the guard field: every message that goes back to Microsoft 365
// carries it, or it would come round again.
func (j *Job) stamped(o Outcome) Outcome {
	j.withoutOptOut(&o)
	for i := j.message.Header.Count(j.engine.Policy.Guard); i > 0; i-- { // one that says nothing, another thing than Yes, or is not ours
		o.Fields = append(o.Fields, entity.FieldEdit{Op: entity.DeleteField, Name: j.engine.Policy.Guard, Index: i})
	}
	value := j.engine.Policy.GuardValue(&j.decision, j.textLeft(&o), j.facts.Now)
	o.Fields = append(o.Fields, entity.FieldEdit{Op: entity.AddField, Name: j.engine.Policy.Guard, Index: 1, Value: value})
	return j.withoutSecrets(o)
}

// withoutSecrets is the last step of every message that leaves: it removes the
// routing fields.
func (j *Job) withoutSecrets(o Outcome) Outcome {
	o.Fields = append(o.Fields, j.engine.Policy.WithoutRoutingFields(j.message.Header)...)
	for _, f := range o.Fields {
		o.Report.Fields = append(o.Report.Fields, FieldReport{Op: string(f.Op), Name: f.Name, Index: f.Index})
	}
	return o
}

// withoutOptOut takes the keywords an author opted out with from the subject.
// That breaks the DKIM signatures as well, which go unless they have gone for a
// change of the body.
func (j *Job) withoutOptOut(o *Outcome) {
	if len(j.decision.OptOut) == 0 {
		return
	}
	edit, ok := policy.WithoutKeywords(j.message.Header, j.decision.OptOut)
	if !ok {
		return
	}
	if len(o.Splices) == 0 && len(o.Fields) == 0 {
		o.Fields = append(o.Fields, withoutDKIM(j.message.Header)...)
	}
	o.Fields = append(o.Fields, edit)
}

// withToken adds the token of the signature to References, when it was put in.
func (j *Job) withToken(o *Outcome) {
	put := slices.ContainsFunc(o.Report.Blocks, func(b BlockReport) bool { return b.Block == string(insert.Signature) })
	if j.decision.Token == "" || !put {
		return
	}
	if edit, ok := policy.WithToken(j.message.Header, j.decision.Token); ok {
		o.Fields = append(o.Fields, edit)
	}
}

// optedOut reports whether a message gets a guard with a seal even if it leaves
// unsigned: its author took a rule out by a keyword, which is gone when it comes again.
// All else that passes is decided on again, by what it still has.
func (j *Job) optedOut() bool { return j.decision.Seal != nil && len(j.decision.OptOut) > 0 }

// textLeft is the digest of a message as it leaves with an outcome, for the seal of
// its guard; empty when there is none to make.
func (j *Job) textLeft(o *Outcome) string {
	decidedFor := o.Report.Action == Signed || j.optedOut()
	if j.decision.Seal == nil || j.failure != nil || !decidedFor {
		return ""
	}
	return j.digest(o)
}

// digestFields say how a body is to be read.
var digestFields = []string{"Content-Type", "Content-Transfer-Encoding", "Content-Disposition"}

// digest is that of a message with the edits of an outcome; empty when the body was
// not kept or cannot be read.
func (j *Job) digest(o *Outcome) string {
	if j.message.Body == nil {
		return ""
	}
	var fields []string
	for _, name := range digestFields {
		fields = append(fields, strings.Join(edited(j.message.Header.All(name), name, o.Fields), "\x00"))
	}
	d := seal.NewDigest(fields...)
	body := io.NewSectionReader(j.message.Body, 0, j.message.Body.Size())
	j.cost.meter.Spend(int(body.Size()))
	if err := entity.WritePatched(d, body, j.message.Body.Size(), o.Splices); err != nil {
		return ""
	}
	return d.Sum()
}

// edited are the values of the fields of one name after edits, as [entity.Header]
// has them. An MTA may put a new one anywhere.
func edited(values []string, name string, edits []entity.FieldEdit) []string {
	for _, e := range edits {
		if !strings.EqualFold(e.Name, name) {
			continue
		}
		if e.Op == entity.AddField {
			values = append(values, entity.Header{{Name: name, Value: e.Value}}.Get(name))
			continue
		}
		at := e.Index - 1
		if at < 0 || at >= len(values) { // no edit of a field that is not there is sent
			continue
		}
		if e.Op == entity.DeleteField {
			values = slices.Delete(values, at, at+1)
		} else {
			values[at] = entity.Header{{Name: name, Value: e.Value}}.Get(name)
		}
	}
	slices.Sort(values)
	return values
}
