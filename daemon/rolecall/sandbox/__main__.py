from rolecall.sandbox.child import main

main()
