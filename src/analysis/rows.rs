//! Lists of numbers, one for each key, in one array.

#[derive(Debug)]
pub(super) struct Rows {
    starts: Vec<u32>,
    values: Vec<u32>,
}

impl Rows {
    /// No rows yet, room for so many.
    pub(super) fn with_capacity(keys: usize) -> Rows {
        let mut starts = Vec::with_capacity(keys + 1);
        starts.push(0);
        Rows { starts, values: Vec::new() }
    }

    /// The values of each key, in the order in which they are given.
    pub(super) fn build(keys: usize, pairs: &[(u32, u32)]) -> Rows {
        let mut starts = vec![0u32; keys + 1];
        for &(key, _) in pairs {
            starts[key as usize + 1] += 1;
        }
        for key in 0..keys {
            starts[key + 1] += starts[key];
        }
        let mut next = starts.clone();
        let mut values = vec![0u32; pairs.len()];
        for &(key, value) in pairs {
            let slot = &mut next[key as usize];
            values[*slot as usize] = value;
            *slot += 1;
        }
        Rows { starts, values }
    }

    /// Adds a value to the row that is not ended yet.
    pub(super) fn push(&mut self, value: u32) {
        self.values.push(value);
    }

    /// Ends the row of the next key.
    pub(super) fn end_row(&mut self) {
        self.starts.push(self.values.len() as u32);
    }

    pub(super) fn row(&self, key: u32) -> &[u32] {
        let key = key as usize;
        &self.values[self.starts[key] as usize..self.starts[key + 1] as usize]
    }

    pub(super) fn arrays(&self) -> [&[u32]; 2] {
        [&self.starts, &self.values]
    }
}
