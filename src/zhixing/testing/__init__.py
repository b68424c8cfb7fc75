"""What tests of Zhixing and of its extensions share: the exam every extension sits, and small files to read."""
