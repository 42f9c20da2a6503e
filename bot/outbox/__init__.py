"""Everything sent unasked: each thing once, on time, whatever crashes."""
