package signing

import (
	"sigmilter/milter/insert"
	"sigmilter/milter/policy"
	"sigmilter/sigstore"
)

// Recall implements [milter.Memory].
func (s signatures) Recall(tenant string, p *policy.Person) (insert.Memory, bool) {
	known, ok := s.book.Recall(tenant, p.Address)
	if !ok {
		return insert.Memory{}, false
	}
	return MemoryOf(known), true
}

// MemoryOf is what the store remembers of a person, as the engine compares it.
func MemoryOf(known sigstore.Recollection) insert.Memory {
	m := insert.Memory{Hash: known.Hash()}
	for _, e := range known.Endings {
		m.Endings = append(m.Endings, insert.Ending{Lines: convertHashes[insert.LineHash](e.Lines), Signature: e.Signature, First: e.First, Last: e.Last})
	}
	return m
}

// Learn implements [milter.Memory].
func (s signatures) Learn(tenant string, p *policy.Person, endings []insert.Ending) {
	mail := make([]sigstore.Ending, len(endings))
	for i, e := range endings {
		mail[i] = sigstore.Ending{Lines: convertHashes[uint64](e.Lines), Signature: e.Signature, First: e.First, Last: e.Last}
	}
	s.book.Remember(tenant, p.Address, mail)
}

// convertHashes converts hashes of lines between the types of the store and the engine.
func convertHashes[To, From ~uint64](lines []From) []To {
	all := make([]To, len(lines))
	for i, l := range lines {
		all[i] = To(l)
	}
	return all
}
