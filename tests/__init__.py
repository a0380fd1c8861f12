"""What is proved of the platform, by the door through which it is asked.

rules/ ask functions, rooms/ actions, api/ HTTP, workbench/ the desk, journeys/ whole flows. tenancy/ and concurrency/
try to break in and to break; durability/, embedded/ and front/ start processes. recipes/ do what CONTRIBUTING says.
world.py and what stands beside it make stores, orders and refunds to try things with. cases.py goes through many cases
in one world, books.py asks whether the books are right; handler.py and flush.py spare what Django does for each test.
"""
