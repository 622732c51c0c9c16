package entity

// Content decodes what the body of a part begins with, as far as it decodes.
func Content(p *Part, raw []byte) []byte {
	t, err := lookupTransfer(p.Encoding)
	if err != nil {
		return raw
	}
	b, _ := t.decode(raw, p.work)
	return b
}
